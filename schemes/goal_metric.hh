// SPDX-License-Identifier: GPL-2.0
// How far a scheme is from its goals.
#pragma once
#include "schemes/usage_estimate.hh"
#include "schemes/goal.hh"

namespace damon {

// Total time that some task waited for memory, as of the last evaluation of a goal.
struct psi_baseline {
	u64 total_us = 0;
	bool known = false;
};

// A score is 10000 at the goal, and grows the more the scheme's action is applied.
struct goal_progress {
	u64 score = 0;
	u64 most_bytes = u64_max;	// missing to the goal, if that is known
};

inline constexpr u64 score_at_goal = 10'000;

// Score of a measured value.
u64 score_of(const goal &g, u64 current_value);
// Progress of a goal about a node's share in the used memory.  @node_capacity, @other_capacity:
// bytes of the node, and of all other nodes, which limit the target to what can be reached.
goal_progress progress_of_share(const goal &g, const usage_estimate &found, u64 node_capacity,
				u64 other_capacity);
// Whether the metric is estimated by sampling pages, see estimate_usage().
constexpr bool needs_usage_estimate(goal_metric metric)
{
	return metric == goal_metric::node_eligible_mem_bp || metric == goal_metric::node_sys_bp;
}
// Current value of the metric of @g, which must not need a usage estimate.  Updates @baseline.
u64 measure(const goal &g, psi_baseline &baseline);
// Whether the metric is the used or free share of a node.  Only for these: missing_bytes(), the
// bytes between the current share of @node and the target value.
constexpr bool is_of_use(goal_metric metric)
{
	return metric == goal_metric::node_mem_used_bp || metric == goal_metric::node_mem_free_bp;
}
u64 missing_bytes(const goal &g, const kapi_memory &node);

} // namespace damon
