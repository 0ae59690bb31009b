// SPDX-License-Identifier: GPL-2.0
#include "core/region/subregion_hits.hh"

namespace damon {

namespace {

using kind = subregions::kind;

constexpr u32 most_stretches = 3;

kind kind_of(subregion_hits seen, u32 part)
{
	return static_cast<kind>((seen >> part & 1) | (seen >> (part + subregion_parts) & 1) << 1);
}

// @pieces must not be full.
void add(subregions &pieces, u32 start, kind is)
{
	pieces.piece[pieces.count++] = {static_cast<u8>(start), is};
}

} // namespace

// Parts without a sample join their neighbours if both are of the same kind.  Otherwise they are a
// piece of their own, as the border may be anywhere in them.
subregions find_subregions(subregion_hits seen, u32 hits, u32 samples, u32 certainty)
{
	const u32 misses = samples - min(hits, samples);
	const kind rare = hits <= misses ? subregions::hot : subregions::cold;
	kind before = subregions::unseen;
	subregions pieces;
	u32 end_before = 0;
	u32 stretches = 0;

	if (min(hits, misses) < certainty)
		return {};
	for (u32 part = 0; part < subregion_parts; part++) {
		const kind now = kind_of(seen, part);

		if (now == subregions::unseen)
			continue;
		if (now != before) {
			const bool gap = pieces.count && end_before < part;

			if (pieces.count + gap + 1 > subregions::most)
				return {};
			if (gap)
				add(pieces, end_before, subregions::unseen);
			add(pieces, pieces.count ? part : 0, now);
			stretches += (now & rare) && !(before & rare);
		}
		before = now;
		end_before = part + 1;
	}
	if (pieces.count < 2 || stretches > most_stretches ||
	    min(hits, misses) < certainty * stretches)
		return {};
	return pieces;
}

} // namespace damon
