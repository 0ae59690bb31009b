// SPDX-License-Identifier: GPL-2.0
// Which nodes are faster than which, and where memory of each one goes from there.
#pragma once
#include "damonxx/lib/text.hh"
#include "modules/numa_topology.h"

namespace damon {

inline constexpr s32 no_node = -1;

struct tier_route {
	s32 nid = no_node;
	u32 node = 0;		// its place in the machine
	u32 tier = 0;		// 0 is the fastest
	s32 promote_to = no_node;
	s32 demote_to = no_node;
};

// Of nodes with memory, in the machine's order.
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
 * Tiers are what the kernel knows of latency and bandwidth, in its own steps of abstract distance,
 * if it says so of every node with memory.  Else nodes with CPUs are the fastest tier, and the
 * others are as slow as the nearest of those is far.  Memory goes to the nearest node of the next
 * tier, of several to that with the lowest number.
 */
tier_plan find_tiers(const damonxx_numa_topology &topology);

// What the user wants instead; no_node: does not say.
struct tier_overrides {
	s32 promote_to = no_node;
	s32 demote_to = no_node;
};

/*
 * With both, memory goes between these two nodes and nowhere else, whatever tiers they are of.
 * With one, all slower nodes promote to it, or all faster ones demote to it.
 * inval: there is no such node, they are the same, or none is slower or faster.  nodev: nothing can
 * go anywhere.  @reason says which.
 */
status apply_overrides(tier_plan &plan, const tier_overrides &overrides, damonxx_reason &reason);

// A line for each node, or the same in one line.
void describe_tiers(const tier_plan &plan, char *buffer, u32 size);
void summarize_tiers(const tier_plan &plan, char *buffer, u32 size);

} // namespace damon
