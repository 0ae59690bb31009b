// SPDX-License-Identifier: GPL-2.0
#include "schemes/core_filter.hh"

namespace damon {

namespace {

// Whether the start of @region is inside @bounds; shortens @region to where that changes.
bool is_inside(addr_range &region, addr_range bounds)
{
	const addr_range aligned{align_down(bounds.start, page_bytes),
				 align_down(bounds.end, page_bytes)};

	if (aligned.empty() || region.end <= aligned.start || aligned.end <= region.start)
		return false;
	if (region.start < aligned.start) {
		region.end = aligned.start;
		return false;
	}
	region.end = min(region.end, aligned.end);
	return true;
}

bool passes_test(const filter &f, filter_subject &region)
{
	switch (f.type) {
	case filter_type::addr:
		return is_inside(region.range, f.range);
	case filter_type::target:
		return f.target_index >= 0 && region.target == static_cast<u32>(f.target_index);
	case filter_type::probe_hits_wsum:
		return f.limits.has(region.weighted_hits);
	default:
		return false;
	}
}

} // namespace

bool accepted_by_default(span<const filter> filters)
{
	return filters.empty() || !filters[filters.size() - 1].allow;
}

filter_result evaluate_filters(span<const filter> filters, bool has_ops_filters,
			       const filter_subject &region)
{
	filter_subject part = region;

	for (const filter &f : filters)
		if (passes_test(f, part) == f.matching)
			return {f.allow, f.allow, part.range.end};
	return {has_ops_filters || accepted_by_default(filters), false, part.range.end};
}

} // namespace damon
