// SPDX-License-Identifier: GPL-2.0
// Which parts of an address space are worth monitoring.
#pragma once
#include "damonxx/math.hh"
#include "damonxx/span.hh"

namespace damon {

// The range whose bounds are pages around @range.
constexpr addr_range page_aligned(addr_range range)
{
	return {align_down(range.start, page_bytes), align_up(range.end, page_bytes)};
}

// A process maps its heap, its libraries and its stack far apart: told all mapped ranges in
// address order, this finds the up to three areas between the two largest gaps.
class three_regions {
public:
	void add(addr_range mapped);
	// Writes the areas to @out and returns how many; 0: nothing was mapped.
	u32 result(addr_range (&out)[3]) const;

private:
	addr_range whole_;
	addr_range gaps_[2];	// the largest first
};

} // namespace damon
