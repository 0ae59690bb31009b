// SPDX-License-Identifier: GPL-2.0
// Adaptive regions adjustment: merging, splitting, and the limits on the number of regions.
#pragma once
#include "core/region/attrs.hh"
#include "core/region/target.hh"

namespace damon {

class region_adjustment {
public:
	// At the end of an aggregation: splits by subregion hits, normalizes counts, updates ages,
	// merges, and enforces the limits on the number of regions.
	void end_aggregation(span<target> targets, const monitoring_attrs &attrs,
			     const probe_weights &weights);
	// The maximum size of a region, in bytes, that ensures min_nr_regions; at least a page.
	static u64 size_limit(span<const target> targets, const monitoring_attrs &attrs);
	// Cuts regions that are larger than size_limit().
	static void enforce_minimum(span<target> targets, const monitoring_attrs &attrs);
	// Before the next aggregation: shifts the counters and splits regions at random.
	void begin_aggregation(span<target> targets, const monitoring_attrs &attrs, prng &random);

private:
	u32 previous_count_ = 0; // regions before the last split
	u32 rotation_ = 0;	 // changes which regions are split while not all can be
};

} // namespace damon
