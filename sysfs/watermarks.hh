// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/watermarks: how much memory must be free for the scheme to work.
#pragma once
#include "schemes/watermarks.hh"
#include "sysfs/tree.hh"

namespace damon {

inline constexpr cell watermarks_cells[] = {
	keyword_cell("metric", watermark_metric_names),
	ulong_cell("interval_us"),
	ulong_cell("high"),
	ulong_cell("mid"),
	ulong_cell("low"),
	int_cell("nid"),
};
extern kind watermarks_kind;

// From the staged values of @dir, a watermarks directory.
watermarks build_watermarks(const node &dir);

} // namespace damon
