// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/stats: what came of a scheme, as of the last time somebody asked, or by
// refresh_ms.
#pragma once
#include "schemes/scheme_inputs.hh"
#include "sysfs/refresh.hh"
#include "sysfs/tree.hh"

namespace damon {

constexpr cell counter_cell(const char *name)
{
	return live(read_only(ulong_cell(name)), refresh_results);
}

inline constexpr cell stats_cells[] = {
	counter_cell("nr_tried"),
	counter_cell("sz_tried"),
	counter_cell("nr_applied"),
	counter_cell("sz_applied"),
	counter_cell("sz_ops_filter_passed"),
	counter_cell("qt_exceeds"),
	counter_cell("nr_snapshots"),
	ulong_cell("max_nr_snapshots"),
};
extern kind stats_kind;

// Shows @all, by scheme index, where a directory for it exists below @schemes.  Gate held.
void put_stats(node &schemes, span<const scheme_stats> all);

} // namespace damon
