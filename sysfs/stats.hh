// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/stats: statistics of a scheme, as of the last update_schemes_stats or refresh.
#pragma once
#include "schemes/scheme_inputs.hh"
#include "sysfs/refresh.hh"
#include "sysfs/tree.hh"

namespace damon {

constexpr cell counter_cell(const char *name, description about)
{
	return live(read_only(ulong_cell(name, about)), refresh_results);
}

inline constexpr cell stats_cells[] = {
	counter_cell("nr_tried",
		"Number of regions that matched the access pattern and that the action was tried "
		"on."),
	counter_cell("sz_tried", "Bytes of these regions, in units of ``addr_unit``."),
	counter_cell("nr_applied",
		"Number of regions that the action was applied to, all or part of each."),
	counter_cell("sz_applied",
		"Bytes that the action was applied to, in units of ``addr_unit``."),
	counter_cell("sz_ops_filter_passed",
		"Bytes that passed the filters of folios, in units of ``addr_unit``."),
	counter_cell("qt_exceeds", "Number of quota windows in which the quota was used up."),
	counter_cell("nr_snapshots", "Number of times that the scheme was applied to all regions."),
	ulong_cell("max_nr_snapshots",
		"Maximum of ``nr_snapshots``: the scheme is deactivated when it is reached.  0: "
		"unlimited."),
};
extern kind stats_kind;

// Writes the statistics in @all, by scheme index, to the directories that exist in @schemes.
void put_stats(const tree_guard &, node &schemes, span<const scheme_stats> all);

} // namespace damon
