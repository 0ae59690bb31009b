// SPDX-License-Identifier: GPL-2.0
// contexts/<C>/schemes: which regions to act on, how, and how often.
#pragma once
#include "sysfs/dests.hh"
#include "sysfs/filters.hh"
#include "sysfs/quotas.hh"
#include "sysfs/stats.hh"
#include "sysfs/tried_regions.hh"
#include "sysfs/watermarks.hh"

namespace damon {

inline constexpr cell bounds_cells[] = {
	ulong_cell("min",
		"Minimum, inclusive: bytes, in units of ``addr_unit``, for ``sz``; samples per "
		"aggregation interval that saw an access for ``nr_accesses``; aggregation "
		"intervals for ``age``."),
	ulong_cell("max", "Maximum, inclusive.  With the default of ``sz`` no region matches."),
};
extern kind bounds_kind;

inline constexpr fixed_child access_pattern_children[] = {
	{"sz", &bounds_kind},
	{"nr_accesses", &bounds_kind},
	{"age", &bounds_kind},
};
extern kind access_pattern_kind;

inline constexpr cell scheme_cells[] = {
	keyword_cell("action",
		"What is done to matching regions; see Actions in Documentation/usage.rst.",
		action_names, static_cast<u32>(action::stat)),
	int_cell("target_nid",
		"Destination node of ``migrate_hot`` and ``migrate_cold`` where ``dests`` is "
		"empty.",
		-1),
	ulong_cell("apply_interval_us",
		"Interval in microseconds between two applications of the scheme.  0: the "
		"aggregation interval."),
};
inline constexpr fixed_child scheme_children[] = {
	{"access_pattern", &access_pattern_kind},
	{"dests", &dests_kind},
	{"quotas", &quotas_kind},
	{"watermarks", &watermarks_kind},
	{"core_filters", &core_filters_kind},
	{"ops_filters", &ops_filters_kind},
	{"filters", &filters_kind},
	{"stats", &stats_kind},
	{"tried_regions", &tried_regions_kind},
};
extern kind scheme_kind;

inline constexpr cell schemes_cells[] = {
	count_cell("nr_schemes", "Number of schemes."),
};
extern kind schemes_kind;

} // namespace damon
