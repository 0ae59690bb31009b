// SPDX-License-Identifier: GPL-2.0
// What a kdamond has done so far, for who wants to know what it costs and how well it sees.
#pragma once
#include "damonxx/types.hh"

namespace damon {

struct monitoring_stats {
	u64 samples = 0;		// taken
	u64 samples_missed = 0;		// for which it was too late
	u64 samples_skipped = 0;	// left out by the budget
	u64 outcomes[KAPI_NR_OUTCOMES] = {}; // of access checks
	u64 probes_skipped = 0;		// left out by the budget
	u64 aggregations = 0;
	u64 checks_per_sample = 0;	// that could tell, over the last aggregation
	u64 cpu_ns = 0;			// processor time
	u64 cpu_permil = 0;		// over the last second or so
	// As they are now.
	u64 nr_regions = 0;
	u64 sample_us = 0;
	u64 aggr_us = 0;

	u64 checked() const { return outcomes[KAPI_IDLE] + outcomes[KAPI_ACCESSED]; }
};

} // namespace damon
