// SPDX-License-Identifier: GPL-2.0
// Watermarks: when a scheme works at all.
#pragma once
#include "damonxx/types.hh"

namespace damon {

enum class watermark_metric : u8 {
	none,		    // always
	free_mem_rate,	    // free memory of the system in permil
	node_free_mem_rate, // of one node
};
inline constexpr const char *watermark_metric_names[] = {
	"none", "free_mem_rate", "node_free_mem_rate",
};

struct watermarks {
	watermark_metric metric = watermark_metric::none;
	s32 nid = 0;
	u64 interval_us = 0;	// between looks while no scheme works
	// Permil.  Above high or below low the scheme rests; once resting, it works again
	// only below mid.
	u64 high = 0;
	u64 mid = 0;
	u64 low = 0;
};

} // namespace damon
