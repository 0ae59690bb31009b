// SPDX-License-Identifier: GPL-2.0
// Goals of a quota: metrics with a target value.
#pragma once
#include "damonxx/lib/types.hh"

namespace damon {

// Shares are in basis points (bp, 1/10000).
enum class goal_metric : u8 {
	user_input,	      // value that the user writes
	some_mem_psi_us,      // time that some task waited for memory, per quota window
	node_mem_used_bp,     // of a node's memory
	node_mem_free_bp,
	node_memcg_used_bp,   // of a node's memory, by one memory cgroup
	node_memcg_free_bp,   // of a node's memory, all except that
	active_mem_bp,	      // of all memory on LRU lists
	inactive_mem_bp,
	node_eligible_mem_bp, // share of a node in the memory that matches the scheme's pattern
	hugepage_mem_bp,      // share of huge pages in the used memory
	node_sys_bp,	      // share of a node in the used monitored memory
};
// In the order of the enumerators: what sysfs reads and writes.
inline constexpr const char *goal_metric_names[] = {
	"user_input",	      "some_mem_psi_us",    "node_mem_used_bp", "node_mem_free_bp",
	"node_memcg_used_bp", "node_memcg_free_bp", "active_mem_bp",	"inactive_mem_bp",
	"node_eligible_mem_bp", "hugepage_mem_bp",  "node_sys_bp",
};

constexpr bool is_of_node(goal_metric metric)
{
	return (metric >= goal_metric::node_mem_used_bp &&
		metric <= goal_metric::node_memcg_free_bp) ||
	       metric == goal_metric::node_eligible_mem_bp || metric == goal_metric::node_sys_bp;
}
constexpr bool is_of_memcg(goal_metric metric)
{
	return metric == goal_metric::node_memcg_used_bp ||
	       metric == goal_metric::node_memcg_free_bp;
}

// Effect of the scheme's action on the metric.
enum class goal_direction : u8 { raise, lower };
inline constexpr const char *goal_direction_names[] = {"raise", "lower"};

struct goal {
	goal_metric metric = goal_metric::user_input;
	goal_direction direction = goal_direction::raise;	// lower: shares only
	s32 nid = 0;
	u64 memcg = 0;		// id from kapi_memcg_find()
	u64 target_value = 0;	// never 0 in a scheme
	u64 current_value = 0;	// of user_input
	u32 number = 0;		// of its directory, for messages
};

// How a goal's score becomes a quota.
enum class goal_tuner : u8 {
	consist,      // finds the quota that keeps the goal reached
	temporal,     // everything until the goal is reached, then nothing
	proportional, // in proportion to the distance from the goal
};
inline constexpr const char *goal_tuner_names[] = {"consist", "temporal", "proportional"};

} // namespace damon
