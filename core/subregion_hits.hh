// SPDX-License-Identifier: GPL-2.0
// Where in a region the samples of one aggregation saw accesses, and where they saw none: what a
// region that is partly hot is cut by.
#pragma once
#include "damonxx/math.hh"

namespace damon {

// A region is told apart in this many equal parts: the highest bits of a random place in it.
inline constexpr u32 subregion_part_bits = 4;
inline constexpr u32 subregion_parts = 1 << subregion_part_bits;

// A bit for each part: in the lower half if a sample there saw an access, in the upper half if
// one saw none.
using subregion_hits = u32;

constexpr subregion_hits subregion_hit(u32 part, bool accessed)
{
	return subregion_hits{1} << (part + subregion_parts - accessed * subregion_parts);
}

// A region as pieces that were seen accessed always, never, or both.
struct subregions {
	static constexpr u32 most = 7;

	enum kind : u8 { unseen = 0, hot = 1, cold = 2, mixed = hot | cold };

	u32 count = 0; // 0: there is no telling
	struct {
		u8 start; // in parts from the region's start
		kind is;
	} piece[most];
};

// Memory whose pages are accessed now and then shows accesses here and there by chance.  So
// where a region is hot (or cold, if that is rarer), at least @certainty samples must have said
// so for each stretch of it, and there are three stretches at the most.  @hits of @samples saw
// an access.
subregions find_subregions(subregion_hits seen, u32 hits, u32 samples, u32 certainty);

} // namespace damon
