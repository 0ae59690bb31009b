// SPDX-License-Identifier: GPL-2.0
// Which nodes are faster than which, and where memory of each one goes from there.
#pragma once
#include "damonxx/lib/text.hh"
#include "modules/machine.h"

namespace damon {

inline constexpr s32 nowhere = -1;

struct tier_route {
	s32 nid = nowhere;
	u32 node = 0;		// its place in the machine
	u32 tier = 0;		// 0 is the fastest
	s32 promote_to = nowhere;
	s32 demote_to = nowhere;
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
tier_plan find_tiers(const damonxx_machine &machine);

// What the user wants instead; nowhere: does not say.
struct tier_wishes {
	s32 promote_to = nowhere;
	s32 demote_to = nowhere;
};

/*
 * With both, memory goes between these two nodes and nowhere else, whatever tiers they are of.
 * With one, all slower nodes promote to it, or all faster ones demote to it.
 * inval: there is no such node, they are the same, or none is slower or faster.  nodev: nothing can
 * go anywhere.  @reason says which.
 */
status apply_wishes(tier_plan &plan, const tier_wishes &wishes, damonxx_reason &reason);

// A line for each node, or the same in one line.
void describe_tiers(const tier_plan &plan, char *buffer, u32 size);
void summarize_tiers(const tier_plan &plan, char *buffer, u32 size);

} // namespace damon
