// SPDX-License-Identifier: GPL-2.0
// Goals: what a scheme is to achieve, in numbers that it can measure.
#pragma once
#include "damonxx/lib/types.hh"

namespace damon {

// Shares of something are in 1/10,000 of it (bp).
enum class goal_metric : u8 {
	user_input,	      // what the user wrote
	some_mem_psi_us,      // time that some task waited for memory, in a quota window
	node_mem_used_bp,     // of a node's memory
	node_mem_free_bp,
	node_memcg_used_bp,   // of a node's memory, by one memory cgroup
	node_memcg_free_bp,   // the rest of it
	active_mem_bp,	      // of all memory on LRU lists
	inactive_mem_bp,
	node_eligible_mem_bp, // of what matches the scheme's pattern, on a node
	hugepage_mem_bp,      // of memory in use, as huge pages
	node_sys_bp,	      // of the monitored memory in use, on a node
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

// What more of the scheme's action does to the metric.
enum class goal_direction : u8 { raise, lower };
inline constexpr const char *goal_direction_names[] = {"raise", "lower"};

struct goal {
	goal_metric metric = goal_metric::user_input;
	goal_direction direction = goal_direction::raise;	// lower: shares only
	s32 nid = 0;
	u64 memcg = 0;		// as kapi_memcg_find() has it
	u64 target_value = 0;	// never 0 in a scheme
	u64 current_value = 0;	// of user_input
	u32 number = 0;		// of its directory, for messages
};

// How a goal's score becomes a quota.
enum class goal_tuner : u8 {
	consist,      // holds what it takes to stay at the goal
	temporal,     // all or nothing: stops when the goal is reached
	proportional, // by how far the goal is
};
inline constexpr const char *goal_tuner_names[] = {"consist", "temporal", "proportional"};

} // namespace damon
