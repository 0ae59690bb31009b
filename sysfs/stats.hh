// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/stats: what came of a scheme, as of the last time somebody asked.
#pragma once
#include "schemes/scheme.hh"
#include "sysfs/tree.hh"

namespace damon {

inline constexpr cell stats_cells[] = {
	read_only(ulong_cell("nr_tried")),
	read_only(ulong_cell("sz_tried")),
	read_only(ulong_cell("nr_applied")),
	read_only(ulong_cell("sz_applied")),
	read_only(ulong_cell("sz_ops_filter_passed")),
	read_only(ulong_cell("qt_exceeds")),
	read_only(ulong_cell("nr_snapshots")),
	ulong_cell("max_nr_snapshots"),
};
extern kind stats_kind;

// Shows @all, by scheme index, where a directory for it exists below @schemes.  Gate held.
void put_stats(node &schemes, span<const scheme_stats> all);

} // namespace damon
