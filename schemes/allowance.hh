// SPDX-License-Identifier: GPL-2.0
// What a scheme's quota allows at the begin of a round, and to which memory.
#pragma once
#include "schemes/round.hh"

namespace damon {

// Looks at the clock, and at the goals if a window begins; then decides about priorities.
void decide_allowance(scheme &s, u32 index, const round_means &means);

} // namespace damon
