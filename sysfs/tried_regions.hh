// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/tried_regions: the regions that a scheme tried in the pass that somebody
// asked for.
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
// Without probes there is no directory for them: it would double what a region costs.
inline constexpr fixed_child tried_region_children[] = {
	{"probes", &tried_probes_kind, true},
};
extern kind tried_region_kind;

inline constexpr cell tried_regions_cells[] = {
	read_only(ulong_cell("total_bytes",
		"Bytes of all these regions, in units of ``addr_unit``.")),
};
extern kind tried_regions_kind;

// Replaces what every scheme below @schemes shows by @all, by scheme index; nothing for
// schemes that are not in there.  Directories are kept from request to request, since making
// one costs far more than filling it.  nomem: nothing has changed.
status put_tried(const tree_guard &tree, node &schemes, span<const tried_of_scheme> all);
void clear_tried(const tree_guard &tree, node &schemes);

} // namespace damon
