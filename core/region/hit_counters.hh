// SPDX-License-Identifier: GPL-2.0
// Hit counters: in how many samples each attribute probe hit the sampled page of a region.
#pragma once
#include "damonxx/lib/math.hh"

namespace damon {

inline constexpr u32 max_probes = 4;

// The counters of one region, by the number of the probe.  They saturate at 255.
struct hit_counters {
	u8 now[max_probes] = {};  // in the current aggregation
	u8 last[max_probes] = {}; // in the last aggregation

	// Hits of the last @aggr_samples samples; @left samples of the current aggregation are
	// still to come.
	u8 moving_sum(u32 probe, u64 left, u32 aggr_samples) const
	{
		return static_cast<u8>(
			min(now[probe] + mul_div(last[probe], left, aggr_samples), u64{255}));
	}
	bool operator==(const hit_counters &) const = default;
};
static_assert(sizeof(hit_counters) == 8);

// What a hit of each probe adds to the score of a region; all zero: nr_accesses is the score.
struct probe_weights {
	u32 of[max_probes] = {};

	bool any() const { return of[0] || of[1] || of[2] || of[3]; }
	u32 score(const u8 (&hits)[max_probes]) const
	{
		u64 sum = 0;

		for (u32 i = 0; i < max_probes; i++)
			sum += u64{of[i]} * hits[i];
		return saturate_u32(sum);
	}
	// The maximum score after @samples samples.
	u32 highest(u32 samples) const
	{
		u64 sum = 0;

		for (u32 weight : of)
			sum += weight;
		return saturate_u32(saturating_mul(sum, samples));
	}
};

} // namespace damon
