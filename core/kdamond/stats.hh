// SPDX-License-Identifier: GPL-2.0
// Counters of a kdamond: what monitoring costs, and how complete it is.
#pragma once
#include "damonxx/lib/types.hh"

namespace damon {

struct monitoring_stats {
	u64 samples = 0;		// taken
	u64 samples_missed = 0;		// because the kdamond was late
	u64 samples_skipped = 0;	// by the CPU budget
	u64 outcomes[KAPI_NR_OUTCOMES] = {}; // of access checks
	u64 probes_skipped = 0;		// access checks skipped by the CPU budget
	u64 aggregations = 0;
	u64 checks_per_sample = 0;	// with a result, over the last aggregation
	u64 cpu_ns = 0;			// processor time
	u64 cpu_permil = 0;		// over the last second or so
	// Current values.
	u64 nr_regions = 0;
	u64 sample_us = 0;
	u64 aggr_us = 0;

	u64 checked() const { return outcomes[KAPI_IDLE] + outcomes[KAPI_ACCESSED]; }
};

} // namespace damon
