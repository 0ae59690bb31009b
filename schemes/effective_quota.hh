// SPDX-License-Identifier: GPL-2.0
// Effective quota of a scheme at the start of a pass, and the priority that memory needs.
#pragma once
#include "schemes/apply_context.hh"

namespace damon {

// Begins a new quota window if one is due.  Measures the goals and decides the effective quota for
// a new window, or after a commit.  Then decides the minimum priority.
void decide_effective_quota(scheme &s, u32 index, const apply_context &context);

} // namespace damon
