// SPDX-License-Identifier: GPL-2.0
// Regions that schemes tried in one pass each: filled by the kdamond, read by the task that
// requested them.
#pragma once
#include "core/region/hit_counters.hh"
#include "damonxx/lib/vec.hh"

namespace damon {

struct tried_region {
	addr_range range;
	u32 nr_accesses = 0;	  // moving sum over one aggregation interval
	u32 age = 0;		  // aggregation intervals
	u64 sz_filter_passed = 0; // bytes
	u8 hits[max_probes] = {}; // moving sums, by the probe's number
};

struct tried_of_scheme {
	vec<tried_region> regions; // in address order, target by target; empty if only totals
	u64 total_bytes = 0;
	bool begun = false;    // its pass has begun
	bool complete = false; // its pass is over
	u32 nr_probes = 0;     // number of valid entries in hits
};

using tried_regions = vec<tried_of_scheme>; // by scheme index

} // namespace damon
