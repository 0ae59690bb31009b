// SPDX-License-Identifier: GPL-2.0
// Watermarks: when a scheme is active.
#pragma once
#include "damonxx/lib/math.hh"

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
	u64 interval_us = 0;	// between checks while all schemes are deactivated
	// Permil.  Above high or below low the scheme is deactivated; then it is activated again only
	// between low and mid.
	u64 high = 0;
	u64 mid = 0;
	u64 low = 0;
};

// Current value of the metric of @marks in permil; 0 if its node is gone.
u64 watermark_permil(const watermarks &marks);
// Whether a scheme is deactivated at @permil.  @deactivated: its state so far.
bool deactivates_at(const watermarks &marks, u64 permil, bool deactivated);
// The same for the current value.
bool deactivates(const watermarks &marks, bool deactivated);

} // namespace damon
