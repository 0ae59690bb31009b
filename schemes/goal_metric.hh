// SPDX-License-Identifier: GPL-2.0
// How far a scheme is from its goals.
#pragma once
#include "schemes/usage_estimate.hh"
#include "schemes/goal.hh"

namespace damon {

// Memory that some task has waited for, as of the last evaluation of a goal.
struct psi_baseline {
	u64 total_us = 0;
	bool known = false;
};

// A score is 10000 at the goal, and grows with what the scheme does.
struct goal_progress {
	u64 score = 0;
	u64 most_bytes = u64_max;	// that it takes to reach the goal, where that is known
};

inline constexpr u64 score_at_goal = 10'000;

// Of a value that was measured.
u64 score_of(const goal &g, u64 current_value);
// Of the node's share in the memory in use.  @node_capacity, @other_capacity: what fits on it, and
// on all others; no target is further than these allow.
goal_progress progress_of_share(const goal &g, const usage_estimate &found, u64 node_capacity,
				u64 other_capacity);
// Whether it takes a look at pages.
constexpr bool needs_usage_estimate(goal_metric metric)
{
	return metric == goal_metric::node_eligible_mem_bp || metric == goal_metric::node_sys_bp;
}
// The present value of what @g goes by, which needs no usage estimate; by @baseline, which it moves on.
u64 measure(const goal &g, psi_baseline &baseline);
// Whether it is about how much of a node is used or free, and what it takes to reach it then.
constexpr bool is_of_use(goal_metric metric)
{
	return metric == goal_metric::node_mem_used_bp || metric == goal_metric::node_mem_free_bp;
}
u64 missing_bytes(const goal &g, const kapi_memory &node);

} // namespace damon
