// SPDX-License-Identifier: GPL-2.0
// Which parts of an address space are worth monitoring.
#pragma once
#include "damonxx/lib/math.hh"
#include "damonxx/lib/vec.hh"

namespace damon {

// The range whose bounds are pages around @range.
constexpr addr_range page_aligned(addr_range range)
{
	return {align_down(range.start, page_bytes), align_up(range.end, page_bytes)};
}

// A process maps its heap, its libraries and its stack far apart, and leaves holes in between.
// Told all mapped ranges in address order, this finds the areas around the largest gaps: around
// two of them as far as there are any, and around each further one that is at least a 64th of
// what would be monitored with it.  Smaller holes are not worth a region of their own.
class mapped_areas {
public:
	// Works in the reserved memory of @areas, which has room for one area at least.
	explicit mapped_areas(vec<addr_range> &areas) : gaps_{areas} { areas.clear(); }

	void add(addr_range mapped);
	// What was given now holds the areas, page aligned; none: nothing was mapped.
	void finish();

private:
	void drop_small_gaps();

	vec<addr_range> &gaps_;	// the largest first
	addr_range whole_;
};

} // namespace damon
