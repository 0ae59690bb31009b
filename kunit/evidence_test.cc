// SPDX-License-Identifier: GPL-2.0
#include "core/evidence.hh"
#include "damonxx/prng.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

constexpr u32 aggr_samples = 20;

// @samples of a region, each in a part by chance; parts from @from to below @to are hot.
struct observation {
	evidence seen = 0;
	u32 hits = 0;

	observation(u32 from, u32 to, u32 samples, prng &random)
	{
		for (u32 i = 0; i < samples; i++)
			add(static_cast<u32>(random.below(evidence_parts)), from, to);
	}
	void add(u32 part, u32 from, u32 to)
	{
		const bool accessed = from <= part && part < to;

		seen |= evidence_of(part, accessed);
		hits += accessed;
	}
	evident_pieces pieces(u32 samples, u32 certainty) const
	{
		return find_pieces(seen, hits, samples, certainty);
	}
};

// Each part was sampled, those in [@from, @to) found hot.
evidence all_parts(u32 from, u32 to)
{
	evidence seen = 0;

	for (u32 part = 0; part < evidence_parts; part++)
		seen |= evidence_of(part, from <= part && part < to);
	return seen;
}

} // namespace

CASE(evidence, find_pieces_all_alike_finds_none)
{
	EXPECT_EQUAL(find_pieces(all_parts(0, 16), aggr_samples, aggr_samples, 2).count, 0u);
	EXPECT_EQUAL(find_pieces(all_parts(0, 0), 0, aggr_samples, 2).count, 0u);
	EXPECT_EQUAL(find_pieces(0, 0, aggr_samples, 2).count, 0u);
}

CASE(evidence, find_pieces_hot_middle_finds_both_borders)
{
	const evident_pieces found = find_pieces(all_parts(4, 10), 8, aggr_samples, 3);

	ASSERT_EQUAL(found.count, 3u);
	EXPECT_EQUAL(found.piece[0].start, 0);
	EXPECT(found.piece[0].is == evident_pieces::cold);
	EXPECT_EQUAL(found.piece[1].start, 4);
	EXPECT(found.piece[1].is == evident_pieces::hot);
	EXPECT_EQUAL(found.piece[2].start, 10);
	EXPECT(found.piece[2].is == evident_pieces::cold);
}

// The border is somewhere between the last part that was cold and the first that was hot.
CASE(evidence, find_pieces_unseen_parts_at_border_become_a_piece)
{
	evidence seen = 0;

	for (u32 part : {1u, 2u, 5u})
		seen |= evidence_of(part, false);
	for (u32 part : {9u, 11u, 15u})
		seen |= evidence_of(part, true);
	const evident_pieces found = find_pieces(seen, 10, aggr_samples, 3);
	ASSERT_EQUAL(found.count, 3u);
	EXPECT_EQUAL(found.piece[0].start, 0);
	EXPECT(found.piece[0].is == evident_pieces::cold);
	EXPECT_EQUAL(found.piece[1].start, 6);
	EXPECT(found.piece[1].is == evident_pieces::unseen);
	EXPECT_EQUAL(found.piece[2].start, 9);
	EXPECT(found.piece[2].is == evident_pieces::hot);
}

CASE(evidence, find_pieces_border_inside_a_part_makes_it_mixed)
{
	const evidence seen = all_parts(8, 16) | evidence_of(8, false);
	const evident_pieces found = find_pieces(seen, 10, aggr_samples, 3);

	ASSERT_EQUAL(found.count, 3u);
	EXPECT_EQUAL(found.piece[1].start, 8);
	EXPECT(found.piece[1].is == evident_pieces::mixed);
	EXPECT_EQUAL(found.piece[2].start, 9);
}

CASE(evidence, find_pieces_three_hot_stretches_inside_finds_seven)
{
	evidence seen = 0;

	for (u32 part = 0; part < evidence_parts; part++)
		seen |= evidence_of(part, part % 5 == 2 || part % 5 == 3);
	const evident_pieces found = find_pieces(seen, 9, 24, 3);
	ASSERT_EQUAL(found.count, u32{evident_pieces::most});
	for (u32 i = 0; i < found.count; i++)
		EXPECT(found.piece[i].is == (i % 2 ? evident_pieces::hot : evident_pieces::cold));
	// Another one does not fit, whatever it is.
	const evidence unclear = seen | evidence_of(0, true);
	EXPECT_EQUAL(find_pieces(unclear, 12, 24, 3).count, 0u);
}

CASE(evidence, find_pieces_too_few_samples_finds_none)
{
	EXPECT_EQUAL(find_pieces(all_parts(4, 6), 2, aggr_samples, 3).count, 0u);
	EXPECT_EQUAL(find_pieces(all_parts(4, 6), 3, aggr_samples, 3).count, 3u);
	// The same for cold memory within hot.
	const evidence mostly_hot = all_parts(2, 16);
	EXPECT_EQUAL(find_pieces(mostly_hot, aggr_samples - 2, aggr_samples, 3).count, 0u);
}

CASE(evidence, find_pieces_alternating_parts_finds_none)
{
	evidence seen = 0;

	for (u32 part = 0; part < evidence_parts; part++)
		seen |= evidence_of(part, part % 2);
	EXPECT_EQUAL(find_pieces(seen, 10, aggr_samples, 2).count, 0u);
}

// Whatever was seen, pieces are in order, and what is called hot or cold was seen so.
CASE(evidence, find_pieces_random_samples_agree_with_each_part)
{
	prng random{7};

	for (u32 run = 0; run < 5000; run++) {
		const auto seen = static_cast<evidence>(random.next());
		const auto hits = static_cast<u32>(random.below(aggr_samples + 1));
		const evident_pieces found = find_pieces(seen, hits, aggr_samples, 1);

		ASSERT_AT_MOST(found.count, u32{evident_pieces::most});
		for (u32 i = 0; i < found.count; i++) {
			const u32 start = found.piece[i].start;
			const u32 end = i + 1 < found.count ? found.piece[i + 1].start : evidence_parts;
			ASSERT(start < end && (i > 0 || start == 0));
			for (u32 part = start; part < end; part++) {
				const u32 here = (seen >> part & 1) |
						 (seen >> (part + evidence_parts) & 1) << 1;
				ASSERT(here == 0 || here == u32{found.piece[i].is});
			}
		}
	}
}

// How often memory that is accessed by chance, all alike, is taken for two kinds.
CASE(evidence, find_pieces_uniform_accesses_mistaken_in_at_most_5_percent)
{
	prng random{11};
	u32 mistakes = 0;

	for (u32 run = 0; run < 2000; run++) {
		evidence seen = 0;
		u32 hits = 0;

		for (u32 i = 0; i < aggr_samples; i++) {
			const bool accessed = random.below(10) < 3;
			seen |= evidence_of(static_cast<u32>(random.below(evidence_parts)), accessed);
			hits += accessed;
		}
		mistakes += find_pieces(seen, hits, aggr_samples, 4).count > 0;
	}
	EXPECT_AT_MOST(mistakes, 2000u / 20);
}

// And how often a region whose middle is hot is found to be so.
CASE(evidence, find_pieces_hot_middle_found_in_at_least_90_percent)
{
	prng random{13};
	u32 found = 0;

	for (u32 run = 0; run < 1000; run++) {
		const observation seen{5, 11, aggr_samples, random};
		const evident_pieces pieces = seen.pieces(aggr_samples, 3);

		for (u32 i = 0; i < pieces.count; i++)
			if (pieces.piece[i].is == evident_pieces::hot) {
				found++;
				break;
			}
	}
	EXPECT_AT_MOST(900u, found);
}
