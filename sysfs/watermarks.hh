// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/watermarks: free memory at which the scheme is active.
#pragma once
#include "schemes/watermarks.hh"
#include "sysfs/tree.hh"

namespace damon {

inline constexpr cell watermarks_cells[] = {
	keyword_cell("metric",
		"What is compared with the watermarks.  ``none``: nothing, the scheme is always "
		"active; ``free_mem_rate``: the free share of all memory; ``node_free_mem_rate``: "
		"the free share of the memory of node ``nid``.",
		watermark_metric_names),
	ulong_cell("interval_us",
		"Interval in microseconds between two checks while all schemes are deactivated."),
	ulong_cell("high",
		"High watermark in permil, at most 1000: the scheme is deactivated above it."),
	ulong_cell("mid",
		"Middle watermark in permil, at most ``high``: a deactivated scheme is activated "
		"again below it."),
	ulong_cell("low",
		"Low watermark in permil, at most ``mid``: the scheme is deactivated below it."),
	int_cell("nid", "Node ID of the metric ``node_free_mem_rate``."),
};
extern kind watermarks_kind;

// Builds the watermarks from the staged values in @dir, a watermarks directory.
watermarks build_watermarks(const node &dir);

} // namespace damon
