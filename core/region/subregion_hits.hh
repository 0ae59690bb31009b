// SPDX-License-Identifier: GPL-2.0
// Where in a region the samples of one aggregation found accesses, and where none: used to split
// regions that are partly hot.
#pragma once
#include "damonxx/lib/math.hh"

namespace damon {

// Regions are divided into this many equal parts.  The highest bits of the random number that picks
// the sampled page are the number of its part.
inline constexpr u32 subregion_part_bits = 4;
inline constexpr u32 subregion_parts = 1 << subregion_part_bits;

// A bit for each part in the lower half: a sample in the part found an access; and in the upper
// half: a sample in it found no access.
using subregion_hits = u32;

constexpr subregion_hits subregion_hit(u32 part, bool accessed)
{
	return subregion_hits{1} << (part + subregion_parts - accessed * subregion_parts);
}

// A region divided into pieces that all samples found accessed (hot), none (cold), or some (mixed).
struct subregions {
	static constexpr u32 most = 7;

	enum kind : u8 { unseen = 0, hot = 1, cold = 2, mixed = hot | cold };

	u32 count = 0; // 0: no reliable division
	struct {
		u8 start; // in parts from the region's start
		kind is;
	} piece[most];
};

// Divides a region into hot and cold pieces; @hits of its @samples samples found an access.  In
// memory that is accessed evenly but rarely, samples find accesses here and there by chance.  So
// the rarer kind, hot or cold, needs on average @certainty samples for each contiguous stretch,
// and there may be at most three such stretches.
subregions find_subregions(subregion_hits seen, u32 hits, u32 samples, u32 certainty);

} // namespace damon
