// SPDX-License-Identifier: GPL-2.0
// Whether a region matches the access pattern of a scheme.
#pragma once
#include "core/region/region_table.hh"
#include "schemes/scheme_inputs.hh"

namespace damon {

// Position of the kdamond in its aggregation.
struct aggregation_position {
	u64 now_samples;
	u64 left;	// samples to its end
	u32 length;	// samples in an aggregation
};

// Whether region @i matches @pattern.
inline bool matches(const access_pattern &pattern, const region_table &regions, u32 i,
		    const aggregation_position &at)
{
	return pattern.size_bytes.has(regions.range(i).size()) &&
	       pattern.nr_accesses.has(regions.moving_sum(i, at.left, at.length)) &&
	       pattern.age.has(regions.age(i));
}

} // namespace damon
