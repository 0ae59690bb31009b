// SPDX-License-Identifier: GPL-2.0
// contexts/<C>/schemes: which regions to act on, how, and how often.
#pragma once
#include "schemes/scheme.hh"
#include "sysfs/stats.hh"
#include "sysfs/tried_regions.hh"

namespace damon {

inline constexpr cell bounds_cells[] = {
	ulong_cell("min"),
	ulong_cell("max"),
};
extern kind bounds_kind;

inline constexpr fixed_child access_pattern_children[] = {
	{"sz", &bounds_kind},
	{"nr_accesses", &bounds_kind},
	{"age", &bounds_kind},
};
extern kind access_pattern_kind;

inline constexpr cell scheme_cells[] = {
	keyword_cell("action", action_names, static_cast<u32>(action::stat)),
	ulong_cell("apply_interval_us"),
};
inline constexpr fixed_child scheme_children[] = {
	{"access_pattern", &access_pattern_kind},
	{"stats", &stats_kind},
	{"tried_regions", &tried_regions_kind},
};
extern kind scheme_kind;

inline constexpr cell schemes_cells[] = {
	count_cell("nr_schemes"),
};
extern kind schemes_kind;

} // namespace damon
