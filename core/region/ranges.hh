// SPDX-License-Identifier: GPL-2.0
// Divides the mapped memory of a process into areas to monitor.
#pragma once
#include "damonxx/lib/math.hh"
#include "damonxx/lib/vec.hh"

namespace damon {

// @range, extended to page boundaries.
constexpr addr_range page_aligned(addr_range range)
{
	return {align_down(range.start, page_bytes), align_up(range.end, page_bytes)};
}

// A process maps its heap, its libraries and its stack far apart, with gaps in between.  From all
// mapped ranges this computes the areas between the largest gaps.  The two largest gaps are always
// excluded, and each further one that is at least 1/64 of what would be monitored with it.  Smaller
// gaps are monitored: to exclude them is not worth another region.
class mapped_areas {
public:
	// Uses the reserved memory of @areas, which limits the number of areas; at least one.
	explicit mapped_areas(vec<addr_range> &areas) : gaps_{areas} { areas.clear(); }

	// In address order.
	void add(addr_range mapped);
	// Stores the page-aligned areas in the vec of the constructor; none if nothing was mapped.
	void finish();

private:
	void drop_small_gaps();

	vec<addr_range> &gaps_;	// the largest first
	addr_range whole_;
};

} // namespace damon
