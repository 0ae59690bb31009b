// SPDX-License-Identifier: GPL-2.0
// Memory tiers: which nodes are faster, and where memory of each node is promoted and demoted to.
#pragma once
#include "damonxx/lib/text.hh"
#include "modules/numa_topology.h"

namespace damon {

inline constexpr s32 no_node = -1;

struct tier_route {
	s32 nid = no_node;
	u32 node = 0;		// its index in the topology
	u32 tier = 0;		// 0 is the fastest
	s32 promote_to = no_node;
	s32 demote_to = no_node;
};

// Tiers and routes of all nodes with memory, in the order of the topology.
struct tier_plan {
	u32 nr_nodes = 0;
	u32 nr_tiers = 0;
	bool by_abstract_distance = false;	// else by CPUs and distance
	tier_route nodes[DAMONXX_MAX_NODES] = {};

	const tier_route *find(s32 nid) const;
	u32 nr_promotions() const;
	u32 nr_demotions() const;
};

/*
 * Forms tiers by abstract distance, in the steps of the kernel's memory tiers, if it is known for
 * every node with memory.  Otherwise nodes with CPUs are the fastest tier, and other nodes are
 * ordered by the distance to their nearest node with CPUs.  Memory moves to the nearest node of the
 * next tier; among equally near ones to that with the lowest node ID.
 */
tier_plan find_tiers(const damonxx_numa_topology &topology);

// Destinations that the user has set; no_node: the tiers decide.
struct tier_overrides {
	s32 promote_to = no_node;
	s32 demote_to = no_node;
};

/*
 * With both, memory moves only between these two nodes, whatever their tiers.  With one, all slower
 * nodes promote to it, or all faster nodes demote to it.
 * inval: there is no such node with memory, both are the same, or no node is slower or faster.
 * nodev: all memory is in one tier.  The reason is in @reason.
 */
status apply_overrides(tier_plan &plan, const tier_overrides &overrides, damonxx_reason &reason);

// Writes one line per node, or the tiers in one line, with a final NUL.
void describe_tiers(const tier_plan &plan, char *buffer, u32 size);
void summarize_tiers(const tier_plan &plan, char *buffer, u32 size);

} // namespace damon
