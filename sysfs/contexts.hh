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

// Writes the monitoring statistics, one name and value per line; all 0 before the first `on`.
status show_monitoring_stats(node &dir, text_writer &out);

inline constexpr cell context_cells[] = {
	computed_cell("avail_operations",
		"Operations sets that this kernel supports, one per line.",
		show_avail_operations),
	keyword_cell("operations",
		"Operations set.  ``vaddr``: virtual memory of processes, following their "
		"mappings; ``fvaddr``: virtual memory of processes, the initial regions only; "
		"``paddr``: physical memory, as one target.",
		operations_names),
	nonzero(ulong_cell("addr_unit",
		"Bytes per unit of all addresses and sizes of a ``paddr`` context, written and "
		"read; a power of two if it is not more than a page.  EINVAL for 0.  Other sets "
		"ignore it.",
		1)),
	bool_cell("pause",
		"``Y``: from the next ``commit`` on neither sampling nor schemes, until a "
		"``commit`` with ``N``."),
	computed_cell("stats",
		"Statistics of the monitoring, a name and a value per line.  All are 0 before the "
		"first ``on``.",
		show_monitoring_stats),
	snapshot_cell,
};
inline constexpr fixed_child context_children[] = {
	{"monitoring_attrs", &monitoring_attrs_kind},
	{"targets", &targets_kind},
	{"schemes", &schemes_kind},
};
extern kind context_kind;

inline constexpr cell contexts_cells[] = {
	count_cell("nr_contexts", "Number of contexts.  All commands but ``off`` need one."),
};
extern kind contexts_kind;

} // namespace damon
