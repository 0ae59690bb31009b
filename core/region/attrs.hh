// SPDX-License-Identifier: GPL-2.0
// Monitoring attributes: the intervals, and the limits on the number of regions.
#pragma once
#include "damonxx/lib/math.hh"
#include "damonxx/lib/report.hh"

namespace damon {

// The goal of the automatic tuning of intervals.
struct intervals_goal {
	u64 access_bp = 0;	// share of all possible accesses to observe
	u64 aggrs = 0;		// aggregations per tuning; 0: no tuning
	u64 min_sample_us = 0;
	u64 max_sample_us = 0;
};

struct monitoring_attrs {
	u64 sample_us = 5'000;
	u64 aggr_us = 100'000;
	u64 update_us = 60'000'000;
	u64 min_nr_regions = 10;
	u64 max_nr_regions = 1'000;
	intervals_goal goal = {};
	u64 cpu_permil = 0;	// limit of the kdamond, of one processor; 0: no limit

	// inval, with the reason in @why.
	status validate(report &why) const;

	u64 sample_ns() const { return saturating_mul(max(sample_us, u64{1}), 1'000); }
	// The length of an aggregation, and so the maximum of nr_accesses.
	u32 samples_per_aggregation() const { return samples_in(aggr_us); }
	// At least 1, so that an event is due at most once per sample.
	u32 samples_in(u64 interval_us) const
	{
		return saturate_u32(max(interval_us / max(sample_us, u64{1}), u64{1}));
	}

	// Takes over the sampling and aggregation intervals of @running, within the goal's limits.
	void keep_intervals(const monitoring_attrs &running);

	bool same_intervals(const monitoring_attrs &other) const
	{
		return sample_us == other.sample_us && aggr_us == other.aggr_us &&
		       update_us == other.update_us;
	}
};

} // namespace damon
