// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/dests: destination nodes for migrations of processes' memory.
#pragma once
#include "schemes/scheme_inputs.hh"
#include "sysfs/tree.hh"

namespace damon {

inline constexpr cell dest_cells[] = {
	uint_cell("id", "Node ID."),
	uint_cell("weight",
		"Weight of the node: its share is this part of the sum of all weights."),
};
extern kind dest_kind;

inline constexpr cell dests_cells[] = {
	count_cell("nr_dests", "Number of destinations."),
};
extern kind dests_kind;

// Builds the destinations from the staged values in @dir, a dests directory.  nomem.
result<vec<destination>> build_destinations(const tree_guard &, const node &dir);

} // namespace damon
