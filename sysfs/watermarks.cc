// SPDX-License-Identifier: GPL-2.0
#include "sysfs/watermarks.hh"

namespace damon {

constinit kind watermarks_kind{
	.about = "Watermarks: when the scheme is active.",
	.cells = watermarks_cells,
};

watermarks build_watermarks(const node &dir)
{
	constexpr auto &rows = watermarks_cells;

	return {
		.metric = static_cast<watermark_metric>(dir.value(cell_of(rows, "metric"))),
		.nid = static_cast<s32>(static_cast<u32>(dir.value(cell_of(rows, "nid")))),
		.interval_us = dir.value(cell_of(rows, "interval_us")),
		.high = dir.value(cell_of(rows, "high")),
		.mid = dir.value(cell_of(rows, "mid")),
		.low = dir.value(cell_of(rows, "low")),
	};
}

} // namespace damon
