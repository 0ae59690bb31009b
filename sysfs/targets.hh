// SPDX-License-Identifier: GPL-2.0
// contexts/<C>/targets: monitoring targets and their initial regions.
#pragma once
#include "sysfs/kind.hh"

namespace damon {

inline constexpr cell initial_region_cells[] = {
	ulong_cell("start",
		"Start address in units of ``addr_unit``.  Regions must be in address order and "
		"must not overlap."),
	ulong_cell("end", "End address in units of ``addr_unit``, exclusive."),
};
extern kind initial_region_kind;

inline constexpr cell initial_regions_cells[] = {
	count_cell("nr_regions",
		"Number of initial regions.  0: all mappings with ``vaddr``, all System RAM with "
		"``paddr``, plugged memory included."),
};
extern kind initial_regions_kind;

inline constexpr cell target_cells[] = {
	einval_only(int_cell("pid_target",
		"Process ID, in the PID namespace of the writer of ``on`` or ``commit``.  "
		"``paddr`` ignores it.")),
	bool_cell("obsolete_target",
		"``Y``: ``commit`` removes the running target with this number.  Remove this "
		"directory after it."),
};
inline constexpr fixed_child target_children[] = {
	{"regions", &initial_regions_kind},
};
extern kind target_kind;

inline constexpr cell targets_cells[] = {
	count_cell("nr_targets", "Number of targets.  ``paddr`` has one at most."),
};
extern kind targets_kind;

} // namespace damon
