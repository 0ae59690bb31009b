// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/tried_regions: regions that a scheme tried in one pass, as of the last update.
#pragma once
#include "schemes/tried.hh"
#include "sysfs/tree.hh"

namespace damon {

inline constexpr cell tried_probe_cells[] = {
	read_only(uint_cell("hits",
		"Number of samples in the last aggregation interval that hit, at most 255.")),
};
extern kind tried_probe_kind;
extern kind tried_probes_kind;

inline constexpr cell tried_region_cells[] = {
	read_only(ulong_cell("start", "Start address in units of ``addr_unit``.")),
	read_only(ulong_cell("end", "End address in units of ``addr_unit``, exclusive.")),
	read_only(uint_cell("nr_accesses",
		"Number of samples in the last aggregation interval that saw an access.")),
	read_only(uint_cell("age",
		"Number of aggregation intervals for which the access pattern has not changed.")),
	read_only(ulong_cell("sz_filter_passed",
		"Bytes of the region that passed the filters of folios, in units of "
		"``addr_unit``.")),
};
// On demand, as the directory of probes would double the cost of a region without probes.
inline constexpr fixed_child tried_region_children[] = {
	{"probes", &tried_probes_kind, true},
};
extern kind tried_region_kind;

inline constexpr cell tried_regions_cells[] = {
	read_only(ulong_cell("total_bytes",
		"Bytes of all these regions, in units of ``addr_unit``.")),
};
extern kind tried_regions_kind;

// Replaces the tried regions of every scheme in @schemes by those in @all, by scheme index; clears
// those of schemes beyond @all.  Directories are reused, since making one costs far more than
// filling it.  nomem: nothing has changed.
status put_tried(const tree_guard &tree, node &schemes, span<const tried_of_scheme> all);
void clear_tried(const tree_guard &tree, node &schemes);

} // namespace damon
