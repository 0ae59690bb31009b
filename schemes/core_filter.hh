// SPDX-License-Identifier: GPL-2.0
// How filters decide about regions.
#pragma once
#include "core/region/hit_counters.hh"
#include "damonxx/lib/span.hh"
#include "schemes/filter.hh"

namespace damon {

struct filter_subject {
	addr_range range;
	u32 target = 0;		// its index
	u64 weighted_hits = 0;	// of probes, moving sum
};

// Of a region's beginning.
struct filter_result {
	bool accepted = false;
	bool bypasses = false;	// and no other layer is to be asked
	u64 end = 0;		// of the part that this is about
};

// What is so if no filter of a layer decides: the opposite of what the last one would have said.
bool accepted_by_default(span<const filter> filters);

// The first of @filters that matches decides.  Without one, the operations' layer has the say if
// it has filters.  A region is judged up to the first bound of an address filter inside of it.
filter_result evaluate_filters(span<const filter> filters, bool has_ops_filters,
			       const filter_subject &region);

} // namespace damon
