// SPDX-License-Identifier: GPL-2.0
// contexts/<C>/monitoring_attrs
#pragma once
#include "core/region/attrs.hh"
#include "sysfs/probes.hh"
#include "sysfs/refresh.hh"

namespace damon {

inline constexpr monitoring_attrs default_attrs;

// Origin of the intervals that can be tuned.  From a write until the next commit they are the
// user's; otherwise tuned intervals of the kdamond may replace them.
struct intervals_origin {
	bool written = false;
};
void note_intervals(const tree_guard &tree, node &dir);

inline constexpr cell intervals_cells[] = {
	noted(live(ulong_cell("sample_us",
		"Sampling interval in microseconds, at most ``aggr_us``.  With ``refresh_ms`` "
		"set, reads show the tuned interval.",
		default_attrs.sample_us), refresh_results), note_intervals),
	noted(live(ulong_cell("aggr_us",
		"Aggregation interval in microseconds, over which accesses are counted; at least "
		"1.  With ``refresh_ms`` set, reads show the tuned interval.",
		default_attrs.aggr_us), refresh_results), note_intervals),
	ulong_cell("update_us",
		"Update interval in microseconds: how often monitored ranges follow changes of "
		"mappings.",
		default_attrs.update_us),
};
extern kind intervals_kind;

inline constexpr cell intervals_goal_cells[] = {
	ulong_cell("access_bp",
		"Share of all possible accesses that samples should see, in basis points "
		"(1/10000).",
		default_attrs.goal.access_bp),
	ulong_cell("aggrs",
		"Number of aggregations per tuning step.  0: intervals are not tuned.",
		default_attrs.goal.aggrs),
	ulong_cell("min_sample_us",
		"Minimum of the tuned sampling interval in microseconds.  ``sample_us`` must not "
		"be less.",
		default_attrs.goal.min_sample_us),
	ulong_cell("max_sample_us",
		"Maximum of the tuned sampling interval in microseconds.  ``sample_us`` must not "
		"be more.",
		default_attrs.goal.max_sample_us),
};
extern kind intervals_goal_kind;
inline constexpr fixed_child intervals_children[] = {
	{"intervals_goal", &intervals_goal_kind},
};

inline constexpr cell nr_regions_cells[] = {
	ulong_cell("min",
		"Minimum number of regions, at least 3: no region is larger than this part of the "
		"monitored memory.",
		default_attrs.min_nr_regions),
	ulong_cell("max",
		"Maximum number of regions, at least ``min``.  A target with more separate ranges "
		"has a region for each of them.",
		default_attrs.max_nr_regions),
};
extern kind nr_regions_kind;

inline constexpr fixed_child monitoring_attrs_children[] = {
	{"intervals", &intervals_kind},
	{"nr_regions", &nr_regions_kind},
	{"probes", &probes_kind},
};
inline constexpr cell monitoring_attrs_cells[] = {
	ulong_cell("cpu_permil",
		"Maximum CPU time of the kdamond, in permil of one CPU; at most 1000.  0: "
		"unlimited.",
		default_attrs.cpu_permil),
};
extern kind monitoring_attrs_kind;

// The origin of the intervals in @attrs_dir, a monitoring_attrs directory.
intervals_origin &origin_of_intervals(const tree_guard &tree, const node &attrs_dir);
// Writes the tuned intervals to @attrs_dir.
void put_intervals(const tree_guard &tree, node &attrs_dir, const monitoring_attrs &tuned);

} // namespace damon
