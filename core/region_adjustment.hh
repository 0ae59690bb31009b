// SPDX-License-Identifier: GPL-2.0
// How the division into regions follows the accesses: merging, the limits, splitting.
#pragma once
#include "core/configuration.hh"

namespace damon {

class region_adjustment {
public:
	// At the end of an aggregation: ages, merges, and keeps to the limits on regions.
	void end_aggregation(configuration &config);
	// No region is larger, so that there are at least the minimum number of them, as long as
	// there are so many pages.
	static u64 size_limit(const configuration &config);
	// Cuts regions so large that the minimum number of them would be missed.
	static void enforce_minimum(configuration &config);
	// Before the next aggregation: counts are shifted, and regions split to look closer.
	void begin_aggregation(configuration &config, prng &random);

private:
	u32 previous_count_ = 0; // regions at the last split
	u32 rotation_ = 0;
};

} // namespace damon
