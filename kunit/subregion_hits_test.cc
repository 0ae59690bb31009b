// SPDX-License-Identifier: GPL-2.0
#include "core/region/subregion_hits.hh"
#include "damonxx/lib/prng.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

constexpr u32 aggr_samples = 20;

// @samples samples of a region, each in a random part; parts in [@from, @to) are hot.
struct observation {
	subregion_hits seen = 0;
	u32 hits = 0;

	observation(u32 from, u32 to, u32 samples, prng &random)
	{
		for (u32 i = 0; i < samples; i++)
			add(static_cast<u32>(random.below(subregion_parts)), from, to);
	}
	void add(u32 part, u32 from, u32 to)
	{
		const bool accessed = from <= part && part < to;

		seen |= subregion_hit(part, accessed);
		hits += accessed;
	}
	subregions pieces(u32 samples, u32 certainty) const
	{
		return find_subregions(seen, hits, samples, certainty);
	}
};

// Each part was sampled; those in [@from, @to) are hot.
subregion_hits all_parts(u32 from, u32 to)
{
	subregion_hits seen = 0;

	for (u32 part = 0; part < subregion_parts; part++)
		seen |= subregion_hit(part, from <= part && part < to);
	return seen;
}

} // namespace

CASE(subregion_hits, find_subregions_all_alike_finds_none)
{
	EXPECT_EQUAL(find_subregions(all_parts(0, 16), aggr_samples, aggr_samples, 2).count, 0u);
	EXPECT_EQUAL(find_subregions(all_parts(0, 0), 0, aggr_samples, 2).count, 0u);
	EXPECT_EQUAL(find_subregions(0, 0, aggr_samples, 2).count, 0u);
}

CASE(subregion_hits, find_subregions_hot_middle_finds_both_borders)
{
	const subregions found = find_subregions(all_parts(4, 10), 8, aggr_samples, 3);

	ASSERT_EQUAL(found.count, 3u);
	EXPECT_EQUAL(found.piece[0].start, 0);
	EXPECT(found.piece[0].is == subregions::cold);
	EXPECT_EQUAL(found.piece[1].start, 4);
	EXPECT(found.piece[1].is == subregions::hot);
	EXPECT_EQUAL(found.piece[2].start, 10);
	EXPECT(found.piece[2].is == subregions::cold);
}

// The border is between the last part that was cold and the first that was hot.
CASE(subregion_hits, find_subregions_unseen_parts_at_border_become_a_piece)
{
	subregion_hits seen = 0;

	for (u32 part : {1u, 2u, 5u})
		seen |= subregion_hit(part, false);
	for (u32 part : {9u, 11u, 15u})
		seen |= subregion_hit(part, true);
	const subregions found = find_subregions(seen, 10, aggr_samples, 3);
	ASSERT_EQUAL(found.count, 3u);
	EXPECT_EQUAL(found.piece[0].start, 0);
	EXPECT(found.piece[0].is == subregions::cold);
	EXPECT_EQUAL(found.piece[1].start, 6);
	EXPECT(found.piece[1].is == subregions::unseen);
	EXPECT_EQUAL(found.piece[2].start, 9);
	EXPECT(found.piece[2].is == subregions::hot);
}

CASE(subregion_hits, find_subregions_border_inside_a_part_makes_it_mixed)
{
	const subregion_hits seen = all_parts(8, 16) | subregion_hit(8, false);
	const subregions found = find_subregions(seen, 10, aggr_samples, 3);

	ASSERT_EQUAL(found.count, 3u);
	EXPECT_EQUAL(found.piece[1].start, 8);
	EXPECT(found.piece[1].is == subregions::mixed);
	EXPECT_EQUAL(found.piece[2].start, 9);
}

CASE(subregion_hits, find_subregions_three_hot_stretches_inside_finds_seven)
{
	subregion_hits seen = 0;

	for (u32 part = 0; part < subregion_parts; part++)
		seen |= subregion_hit(part, part % 5 == 2 || part % 5 == 3);
	const subregions found = find_subregions(seen, 9, 24, 3);
	ASSERT_EQUAL(found.count, u32{subregions::most});
	for (u32 i = 0; i < found.count; i++)
		EXPECT(found.piece[i].is == (i % 2 ? subregions::hot : subregions::cold));
	// One more piece does not fit.
	const subregion_hits unclear = seen | subregion_hit(0, true);
	EXPECT_EQUAL(find_subregions(unclear, 12, 24, 3).count, 0u);
}

CASE(subregion_hits, find_subregions_too_few_samples_finds_none)
{
	EXPECT_EQUAL(find_subregions(all_parts(4, 6), 2, aggr_samples, 3).count, 0u);
	EXPECT_EQUAL(find_subregions(all_parts(4, 6), 3, aggr_samples, 3).count, 3u);
	// The same for cold memory within hot.
	const subregion_hits mostly_hot = all_parts(2, 16);
	EXPECT_EQUAL(find_subregions(mostly_hot, aggr_samples - 2, aggr_samples, 3).count, 0u);
}

CASE(subregion_hits, find_subregions_alternating_parts_finds_none)
{
	subregion_hits seen = 0;

	for (u32 part = 0; part < subregion_parts; part++)
		seen |= subregion_hit(part, part % 2);
	EXPECT_EQUAL(find_subregions(seen, 10, aggr_samples, 2).count, 0u);
}

// Pieces are in order, and the kind of a piece agrees with the samples in each of its parts.
CASE(subregion_hits, find_subregions_random_samples_agree_with_each_part)
{
	prng random{7};

	for (u32 run = 0; run < 5000; run++) {
		const auto seen = static_cast<subregion_hits>(random.next());
		const auto hits = static_cast<u32>(random.below(aggr_samples + 1));
		const subregions found = find_subregions(seen, hits, aggr_samples, 1);

		ASSERT_AT_MOST(found.count, u32{subregions::most});
		for (u32 i = 0; i < found.count; i++) {
			const u32 start = found.piece[i].start;
			const u32 end =
				i + 1 < found.count ? found.piece[i + 1].start : subregion_parts;
			ASSERT(start < end && (i > 0 || start == 0));
			for (u32 part = start; part < end; part++) {
				const u32 here = (seen >> part & 1) |
						 (seen >> (part + subregion_parts) & 1) << 1;
				ASSERT(here == 0 || here == u32{found.piece[i].is});
			}
		}
	}
}

// How often uniformly accessed memory is mistaken for hot and cold pieces.
CASE(subregion_hits, find_subregions_uniform_accesses_mistaken_in_at_most_5_percent)
{
	prng random{11};
	u32 mistakes = 0;

	for (u32 run = 0; run < 2000; run++) {
		subregion_hits seen = 0;
		u32 hits = 0;

		for (u32 i = 0; i < aggr_samples; i++) {
			const bool accessed = random.below(10) < 3;
			seen |= subregion_hit(static_cast<u32>(random.below(subregion_parts)),
					      accessed);
			hits += accessed;
		}
		mistakes += find_subregions(seen, hits, aggr_samples, 4).count > 0;
	}
	EXPECT_AT_MOST(mistakes, 2000u / 20);
}

// How often the hot middle of a region is found.
CASE(subregion_hits, find_subregions_hot_middle_found_in_at_least_90_percent)
{
	prng random{13};
	u32 found = 0;

	for (u32 run = 0; run < 1000; run++) {
		const observation seen{5, 11, aggr_samples, random};
		const subregions pieces = seen.pieces(aggr_samples, 3);

		for (u32 i = 0; i < pieces.count; i++)
			if (pieces.piece[i].is == subregions::hot) {
				found++;
				break;
			}
	}
	EXPECT_AT_MOST(900u, found);
}
