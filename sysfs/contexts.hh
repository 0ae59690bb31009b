// SPDX-License-Identifier: GPL-2.0
// kdamonds/<K>/contexts
#pragma once
#include "core/kdamond/inputs.hh"
#include "sysfs/monitoring_attrs.hh"
#include "sysfs/schemes.hh"
#include "sysfs/snapshot.hh"
#include "sysfs/targets.hh"

namespace damon {

status show_avail_operations(node &dir, text_writer &out);

// What the kdamond above has done, in lines of a name and a value; 0 before it was started.
status show_monitoring_stats(node &dir, text_writer &out);

inline constexpr cell context_cells[] = {
	computed_cell("avail_operations", show_avail_operations),
	keyword_cell("operations", operations_names),
	nonzero(ulong_cell("addr_unit", 1)),
	bool_cell("pause"),
	computed_cell("stats", show_monitoring_stats),
	snapshot_cell,
};
inline constexpr fixed_child context_children[] = {
	{"monitoring_attrs", &monitoring_attrs_kind},
	{"targets", &targets_kind},
	{"schemes", &schemes_kind},
};
extern kind context_kind;

inline constexpr cell contexts_cells[] = {
	count_cell("nr_contexts"),
};
extern kind contexts_kind;

} // namespace damon
