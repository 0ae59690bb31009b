// SPDX-License-Identifier: GPL-2.0
// contexts/<C>/targets: what to monitor, and with which regions to begin.
#pragma once
#include "sysfs/kind.hh"

namespace damon {

inline constexpr cell initial_region_cells[] = {
	ulong_cell("start"),
	ulong_cell("end"),
};
extern kind initial_region_kind;

inline constexpr cell initial_regions_cells[] = {
	count_cell("nr_regions"),
};
extern kind initial_regions_kind;

inline constexpr cell target_cells[] = {
	einval_only(int_cell("pid_target")),
	bool_cell("obsolete_target"),
};
inline constexpr fixed_child target_children[] = {
	{"regions", &initial_regions_kind},
};
extern kind target_kind;

inline constexpr cell targets_cells[] = {
	count_cell("nr_targets"),
};
extern kind targets_kind;

} // namespace damon
