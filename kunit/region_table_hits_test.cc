// SPDX-License-Identifier: GPL-2.0
// Region tables: the hit counters of attribute probes.
#include "kunit/pages.hh"
#include "kunit/test.hh"

using namespace damon;
using test::no_limit;
using test::page;
using test::pages;

namespace {

void hit(region_table &table, u32 i, u32 probe, u32 times)
{
	for (u32 k = 0; k < times; k++)
		table.count_hit(i, probe);
}

bool has(const region_table &table, u32 i, const hit_counters &hits)
{
	return table.hits(i) == hits;
}

// Regions of 1, 2 and 5 pages with hits of two probes in two aggregations.
status fill(region_table &table, u32 capacity)
{
	const addr_range ranges[] = {pages(0, 1), pages(1, 3), pages(3, 8)};

	TRY(table.reserve(capacity, true));
	table.reset(ranges);
	hit(table, 0, 0, 8);
	hit(table, 1, 0, 3);
	hit(table, 2, 3, 4);
	table.shift_counters();
	hit(table, 0, 0, 2);
	hit(table, 2, 3, 1);
	return ok;
}
constexpr hit_counters filled[] = {
	{{2, 0, 0, 0}, {8, 0, 0, 0}},
	{{0, 0, 0, 0}, {3, 0, 0, 0}},
	{{0, 0, 0, 1}, {0, 0, 0, 4}},
};

} // namespace

CASE(region_table_hits, count_hits_saturates_at_255)
{
	region_table table;

	ASSERT_OK(fill(table, 3));
	for (u32 i = 0; i < 3; i++)
		EXPECT(has(table, i, filled[i]));
	hit(table, 1, 2, 254);
	EXPECT_EQUAL(table.hits(1).now[2], 254);
	hit(table, 1, 2, 3);
	EXPECT_EQUAL(table.hits(1).now[2], 255);
	EXPECT_EQUAL(table.hits(1).now[3], 0);
	EXPECT_EQUAL(table.nr_accesses(1), 0u);
}

CASE(region_table_hits, reserve_without_room_for_hits_keeps_none)
{
	const addr_range ranges[] = {pages(0, 8)};
	region_table table;

	ASSERT_OK(table.reserve(8));
	table.reset(ranges);
	hit(table, 0, 1, 5);
	EXPECT(!table.has_hits());
	EXPECT(has(table, 0, {}));
	table.score_by({{1, 1, 1, 1}});
	EXPECT_EQUAL(table.max_score(), 0u);
	table.shift_counters();
	table.forget_hits(0);

	// Hit counters can be added later, and stay when the table grows again.
	ASSERT_OK(table.reserve(8, true));
	hit(table, 0, 1, 5);
	ASSERT_OK(table.reserve(20));
	EXPECT(table.has_hits());
	EXPECT(has(table, 0, {{0, 5, 0, 0}, {}}));
}

CASE(region_table_hits, moving_sum_mixes_last_and_current_aggregation)
{
	const hit_counters hits{{2, 255, 200, 0}, {9, 255, 200, 0}};

	EXPECT_EQUAL(hits.moving_sum(0, 10, 10), 11);
	EXPECT_EQUAL(hits.moving_sum(0, 5, 10), 6);
	EXPECT_EQUAL(hits.moving_sum(0, 0, 10), 2);
	EXPECT_EQUAL(hits.moving_sum(1, 10, 10), 255);
	EXPECT_EQUAL(hits.moving_sum(2, 2, 10), 240);
}

CASE(region_table_hits, merge_averages_hits_by_size)
{
	region_table table;

	ASSERT_OK(fill(table, 3));
	table.merge(20, no_limit);
	ASSERT_EQUAL(table.count(), 1u);
	// Of 8 pages: (1 * 8 + 2 * 3) / 8, 5 * 4 / 8; 2 / 8 and 5 / 8 round down.
	EXPECT(has(table, 0, {{0, 0, 0, 0}, {1, 0, 0, 2}}));
}

CASE(region_table_hits, merge_of_some_keeps_hits_of_the_others)
{
	const u32 accesses[] = {9, 0, 1, 9, 0};
	addr_range ranges[5];
	region_table table;

	ASSERT_OK(table.reserve(5, true));
	for (u32 i = 0; i < 5; i++)
		ranges[i] = pages(i, i + 1);
	table.reset(ranges);
	for (u32 i = 0; i < 5; i++) {
		hit(table, i, i % 4, 10 * (i + 1));
		for (u32 k = 0; k < 5; k++)
			table.access_checks()[k].outcome = k == i ? KAPI_ACCESSED : KAPI_IDLE;
		for (u32 k = 0; k < accesses[i]; k++)
			table.count_accesses();
	}
	table.merge(1, no_limit);
	ASSERT_EQUAL(table.count(), 4u);
	EXPECT(has(table, 0, {{10, 0, 0, 0}, {}}));
	EXPECT(has(table, 1, {{0, 10, 15, 0}, {}}));
	EXPECT(has(table, 2, {{0, 0, 0, 40}, {}}));
	EXPECT(has(table, 3, {{50, 0, 0, 0}, {}}));
}

CASE(region_table_hits, split_and_cut_inherit_hits)
{
	region_table table;
	prng random{1};

	ASSERT_OK(fill(table, 16));
	table.split({.pieces = 3}, 16, random);
	ASSERT_EQUAL(table.count(), 5u); // only the region of 5 pages is large enough
	for (u32 i = 2; i < 5; i++)
		EXPECT(has(table, i, filled[2]));
	EXPECT(has(table, 1, filled[1]));
	table.cut_larger_than(page);
	ASSERT_EQUAL(table.count(), 8u);
	for (u32 i = 0; i < 8; i++)
		EXPECT(has(table, i, filled[i == 0 ? 0 : i < 3 ? 1 : 2]));
}

CASE(region_table_hits, set_ranges_keeps_hits_of_kept_regions)
{
	const addr_range ranges[] = {pages(0, 2), pages(4, 9), pages(20, 21)};
	region_table table;

	ASSERT_OK(fill(table, 16));
	table.set_ranges(ranges);
	ASSERT_EQUAL(table.count(), 4u);
	EXPECT(has(table, 0, filled[0]));
	EXPECT(has(table, 1, filled[1]));
	EXPECT(has(table, 2, filled[2]));
	EXPECT(has(table, 3, {}));
	table.reset(ranges);
	EXPECT(has(table, 0, {}));
}

CASE(region_table_hits, copy_and_move_keep_hits)
{
	region_table table, with, without;

	ASSERT_OK(fill(table, 3));
	ASSERT_OK(with.reserve(5, true));
	ASSERT_OK(without.reserve(5));
	with.copy_from(table);
	without.copy_from(table);
	EXPECT(has(with, 2, filled[2]));
	EXPECT(has(without, 2, {}));
	EXPECT_EQUAL(without.count(), 3u);
	with.copy_from(without);
	EXPECT(has(with, 2, {}));
	ASSERT_OK(table.reserve(100));
	region_table moved{move(table)};
	EXPECT(has(moved, 2, filled[2]));
}

CASE(region_table_hits, rescale_scales_hits_of_last_aggregation)
{
	region_table table;

	ASSERT_OK(fill(table, 3));
	hit(table, 1, 1, 255);
	// 10 of 20 samples are still to come; the new aggregation has 40.
	table.rescale({10, 20, 40, 100'000, 100'000});
	EXPECT(has(table, 0, {{}, {12, 0, 0, 0}}));
	EXPECT(has(table, 1, {{}, {2, 255, 0, 0}}));
	EXPECT(has(table, 2, {{}, {0, 0, 0, 6}}));
}

CASE(region_table_hits, forget_hits_clears_higher_probes_only)
{
	region_table table;

	ASSERT_OK(fill(table, 3));
	hit(table, 2, 1, 7);
	table.forget_hits(2);
	EXPECT(has(table, 0, filled[0]));
	EXPECT(has(table, 2, {{0, 7, 0, 0}, {}}));
}

// Scores are 10 * (2, 0, 0) + 3 * (0, 0, 1) now, and 80, 30 and 12 in the last aggregation.
CASE(region_table_hits, score_by_weights_replaces_accesses_in_age_and_merge)
{
	region_table table;

	ASSERT_OK(fill(table, 3));
	EXPECT_EQUAL(table.max_score(), 0u);
	table.score_by({{10, 0, 0, 3}});
	EXPECT_EQUAL(table.max_score(), 20u);

	table.update_ages(9);
	EXPECT_EQUAL(table.age(0), 0u);
	EXPECT_EQUAL(table.age(1), 0u);
	EXPECT_EQUAL(table.age(2), 1u);
	table.update_ages(60);
	EXPECT_EQUAL(table.age(0), 1u);
	EXPECT_EQUAL(table.age(1), 0u); // from 30 to 0
	EXPECT_EQUAL(table.age(2), 2u);

	table.merge(2, no_limit);
	EXPECT_EQUAL(table.count(), 3u);
	table.merge(3, no_limit);
	ASSERT_EQUAL(table.count(), 2u);
	EXPECT_EQUAL(table.range(0), pages(0, 1));
	EXPECT(has(table, 1, {{0, 0, 0, 0}, {0, 0, 0, 2}}));
}
