// SPDX-License-Identifier: GPL-2.0
// Evaluation of core filters, which test regions.
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

// The result for the first part of a region.
struct filter_result {
	bool accepted = false;
	bool bypasses = false;	// a filter allowed it: ops filters are skipped
	u64 end = 0;		// of this part
};

// Default if no filter of a layer matches: the inverse of the last filter's allow.
bool accepted_by_default(span<const filter> filters);

// The first of @filters that matches decides.  If none matches, the region is accepted if there are
// ops filters, which then decide for each folio; else the default applies.  The result is valid up
// to the first bound of an address filter inside the region.
filter_result evaluate_filters(span<const filter> filters, bool has_ops_filters,
			       const filter_subject &region);

} // namespace damon
