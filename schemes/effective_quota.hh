// SPDX-License-Identifier: GPL-2.0
// What a scheme's quota allows at the begin of a pass, and to which memory.
#pragma once
#include "schemes/apply_context.hh"

namespace damon {

// Looks at the clock, and at the goals if a window begins; then decides about priorities.
void decide_effective_quota(scheme &s, u32 index, const apply_context &context);

} // namespace damon
