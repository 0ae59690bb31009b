// SPDX-License-Identifier: GPL-2.0
// How often to look, and into how many regions memory is divided.
#pragma once
#include "damonxx/math.hh"
#include "damonxx/report.hh"

namespace damon {

// What intervals are tuned for.
struct intervals_goal {
	u64 access_bp = 0;	// of all possible accesses, this share should be seen
	u64 aggrs = 0;		// tuned once in so many aggregations; 0: never
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
	u64 cpu_permil = 0;	// of one processor at the most; 0: no limit

	// inval with the reason in @why.
	status validate(report &why) const;

	u64 sample_ns() const { return saturating_mul(max(sample_us, u64{1}), 1'000); }
	// The highest access count a region can reach, and the length of an aggregation.
	u32 samples_per_aggregation() const { return samples_in(aggr_us); }
	// At least 1: an event is never due twice in one sample.
	u32 samples_in(u64 interval_us) const
	{
		return saturate_u32(max(interval_us / max(sample_us, u64{1}), u64{1}));
	}

	// Takes the intervals of @running over, as near as the goal allows.
	void keep_intervals(const monitoring_attrs &running);

	bool same_intervals(const monitoring_attrs &other) const
	{
		return sample_us == other.sample_us && aggr_us == other.aggr_us &&
		       update_us == other.update_us;
	}
};

} // namespace damon
