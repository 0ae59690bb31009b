// SPDX-License-Identifier: GPL-2.0
#include "kunit/region_rows.hh"

using namespace damon;
using test::hit;
using test::no_limit;
using test::page;
using test::pages;
using test::regions;
using test::regions_of;
using test::row;
using test::table_of;

namespace {

// Samples the only region @times times.
void look(region_table &table, kapi_outcome outcome, u32 times = 1)
{
	table.access_checks()[0].outcome = outcome;
	for (u32 k = 0; k < times; k++)
		table.count_accesses();
}

bool sound(const region_table &table)
{
	u64 sum = 0;

	for (u32 i = 0; i < table.count(); i++) {
		const addr_range r = table.range(i);
		if (r.empty() || r.start % page || r.end % page)
			return false;
		if (i && r.start < table.range(i - 1).end)
			return false;
		sum += r.size();
	}
	return sum == table.total_bytes() && table.count() <= table.capacity();
}

} // namespace

CASE(region_table, reserve_enomem_leaves_table_unchanged)
{
	region_table table;

	EXPECT_ERROR(table.reserve(u32_max), errc::nomem);
	EXPECT_EQUAL(table.capacity(), 0u);
	EXPECT_OK(table.reserve(4));
	EXPECT_EQUAL(table.capacity(), 4u);
}

CASE(region_table, reserve_larger_keeps_regions)
{
	region_table table = table_of({{0, 1, 3}, {1, 2, 1}, {2, 3, 4}});

	ASSERT_OK(table.reserve(100));
	EXPECT_EQUAL(regions_of(table), regions({{0, 1, 3}, {1, 2, 1}, {2, 3, 4}}));
	EXPECT(sound(table));
}

CASE(region_table, merge_neighbours_alike_joins_them)
{
	region_table table = table_of({{0, 1, 10}, {1, 2, 11}, {2, 3, 9}, {3, 4, 3}, {4, 5, 3},
				       {5, 6, 20}});

	table.merge(2, no_limit);
	EXPECT_EQUAL(regions_of(table), regions({{0, 3, 10}, {3, 5, 3}, {5, 6, 20}}));
	EXPECT(sound(table));
}

CASE(region_table, merge_at_threshold_joins)
{
	region_table table = table_of({{0, 1, 0}, {1, 2, 2}, {2, 3, 5}});

	table.merge(2, no_limit);
	// 0 and 2 join; 5 is more than 2 off their mean 1.
	EXPECT_EQUAL(regions_of(table), regions({{0, 2, 1}, {2, 3, 5}}));
}

CASE(region_table, merge_across_gap_or_size_limit_does_not_join)
{
	region_table table = table_of({{0, 4}, {5, 8}, {8, 9}, {9, 12}});

	table.merge(100, 4 * page);
	EXPECT_EQUAL(regions_of(table), regions({{0, 4}, {5, 9}, {9, 12}}));
}

CASE(region_table, update_ages_at_highest_age_keeps_it)
{
	const addr_range range[] = {pages(0, 8)};
	region_table table;

	ASSERT_OK(table.reserve(1));
	table.reset(range);
	table.update_ages(0);
	// The aggregation interval shrinks, so the age in aggregations grows, to the maximum.
	table.rescale({20, 20, 20, u64{1} << 40, 1});
	EXPECT_EQUAL(table.age(0), u32_max);
	table.update_ages(0);
	EXPECT_EQUAL(table.age(0), u32_max);
}

// Compares with the mean over all bytes: merging many regions must round only once.
CASE(region_table, merge_averages_accesses_by_size)
{
	prng random{1};

	for (u32 round = 0; round < 200; round++) {
		addr_range ranges[24];
		region_table table;
		u64 weighted = 0;
		u64 at = 0;

		ASSERT_OK(table.reserve(32));
		for (addr_range &range : ranges) {
			const u64 end = at + page * random.between(1, u64{1} << random.below(24));
			range = {at, end};
			at = end;
		}
		table.reset(ranges);
		for (u32 i = 0; i < 24; i++) {
			const auto times = static_cast<u32>(random.below(50));
			hit(table, i, times);
			weighted += times * ranges[i].size();
		}
		table.merge(1000, no_limit);
		ASSERT_EQUAL(table.count(), 1u);
		const u64 mean = weighted / at;
		EXPECT_AT_MOST(distance(table.nr_accesses(0), mean), 1u);
		EXPECT(sound(table));
	}
}

CASE(region_table, update_ages_within_threshold_ages_else_resets)
{
	// last and current nr_accesses, threshold: does the age rise?
	const struct {
		u32 last, now, threshold;
		bool rises;
	} cases[] = {
		{10, 10, 0, true}, {10, 12, 2, true},  {10, 13, 2, false}, {12, 10, 2, true},
		{0, 0, 2, true},   {0, 1, 2, false},   {1, 0, 2, false},   {1, 2, 2, true},
	};

	for (const auto &c : cases) {
		region_table table = table_of({{0, 8}});

		table.update_ages(0);	// 0 to 0: age 1
		hit(table, 0, c.last);
		table.shift_counters();
		hit(table, 0, c.now);
		table.update_ages(c.threshold);
		EXPECT_EQUAL(table.age(0), c.rises ? 2u : 0u);
	}
}

CASE(region_table, split_cuts_every_large_region_in_two)
{
	prng random{2};

	for (u32 round = 0; round < 500; round++) {
		region_table table = table_of({{0, 100, 7}, {200, 202}, {300, 303}}, 16);

		table.update_ages(0);
		table.split({}, 16, random);
		ASSERT_EQUAL(table.count(), 5u);	// two pages are not cut
		EXPECT(sound(table));
		EXPECT_AT_MOST(9 * page, table.range(0).size());
		EXPECT_AT_MOST(table.range(0).size(), 90 * page);
		EXPECT_EQUAL(table.range(1).end, 100 * page);
		EXPECT_EQUAL(table.nr_accesses(1), 7u);
		EXPECT_EQUAL(table.range(2), pages(200, 202));
	}
}

CASE(region_table, split_into_three_or_every_nth_cuts_those_only)
{
	const row whole[] = {{0, 50}, {50, 100}, {100, 150}, {150, 200}};
	prng random{3};
	region_table table = table_of(whole, 32);

	table.split({3, 1, 0}, 32, random);
	EXPECT_EQUAL(table.count(), 12u);
	EXPECT(sound(table));

	table = table_of(whole, 32);
	table.split({2, 3, 1}, 32, random);
	ASSERT_EQUAL(table.count(), 5u);
	EXPECT_EQUAL(table.range(0), pages(0, 50));
	EXPECT_EQUAL(table.range(1).start, 50 * page);
	EXPECT_EQUAL(table.range(3), pages(100, 150));
}

CASE(region_table, split_at_maximum_stops)
{
	prng random{4};

	for (u32 most = 3; most < 10; most++) {
		region_table table = table_of({{0, 50}, {50, 100}, {100, 150}}, 16);

		table.split({3, 1, 0}, most, random);
		EXPECT_EQUAL(table.count(), min(most, 9u));
		EXPECT(sound(table));
	}
}

CASE(region_table, cut_larger_than_makes_pieces_of_that_size)
{
	region_table table = table_of({{0, 10, 5}, {20, 24}, {24, 25}}, 16);

	table.cut_larger_than(4 * page);
	EXPECT_EQUAL(regions_of(table),
		     regions({{0, 4, 5}, {4, 8, 5}, {8, 10, 5}, {20, 24}, {24, 25}}));
}

// A region of 40 GiB in 64 parts: all parts are equally likely.
CASE(region_table, pick_checks_large_region_is_uniform)
{
	constexpr u32 parts = 64;
	constexpr u32 draws = 4096 * parts;
	const addr_range range[] = {{u64{7} << 40, (u64{7} << 40) + (u64{40} << 30)}};
	u32 seen[parts] = {};
	prng random{5};
	region_table table;

	ASSERT_OK(table.reserve(1));
	table.reset(range);
	for (u32 i = 0; i < draws; i++) {
		table.pick_checks(random);
		const u64 addr = table.access_checks()[0].addr;
		ASSERT(range[0].start <= addr && addr < range[0].end && addr % page == 0);
		seen[(addr - range[0].start) / (range[0].size() / parts)]++;
	}
	// Mean 4096, standard deviation 64: five deviations occur once in two million.
	for (const u32 n : seen)
		EXPECT_AT_MOST(distance(n, 4096), 320u);
}

// Compares every page of a small address space before and after, for random regions and ranges.
CASE(region_table, set_ranges_random_covers_exactly_and_inherits_counts)
{
	constexpr u64 space = 48;
	prng random{6};

	const auto random_ranges = [&](addr_range(&out)[6]) {
		u32 n = 0;
		u64 at = random.below(6);

		while (n < 6 && at < space - 2) {
			const u64 end = min(space, at + random.between(1, 14));
			out[n++] = pages(at, end);
			at = end + random.below(6);
		}
		return n;
	};
	const auto in_any = [](const addr_range *ranges, u32 n, u64 addr) {
		for (u32 i = 0; i < n; i++)
			if (ranges[i].start <= addr && addr < ranges[i].end)
				return true;
		return false;
	};

	for (u32 round = 0; round < 3000; round++) {
		addr_range before[6], after[6];
		u32 count_of[space] = {};
		bool had[space] = {};
		region_table table;

		const u32 n = random_ranges(before);
		ASSERT_OK(table.reserve(64));
		table.reset({before, n});
		table.split({2, 1, 0}, 32, random);
		for (u32 i = 0; i < table.count(); i++) {
			hit(table, i, i + 1);
			const addr_range r = table.range(i);
			for (u64 a = r.start / page; a < r.end / page; a++) {
				had[a] = true;
				count_of[a] = i + 1;
			}
		}

		const u32 m = random_ranges(after);
		table.set_ranges({after, m});
		ASSERT(sound(table));
		bool covered[space] = {};
		for (u32 i = 0; i < table.count(); i++) {
			const addr_range r = table.range(i);
			for (u64 a = r.start / page; a < r.end / page; a++) {
				covered[a] = true;
				if (had[a])
					EXPECT_EQUAL(table.nr_accesses(i), count_of[a]);
			}
		}
		for (u64 a = 0; a < space; a++)
			EXPECT_EQUAL(covered[a], in_any(after, m, a * page));
	}
}

// A full table stays sound, too.  A region stretched over a gap counts with its whole size in
// total_bytes(), as weights depend on that.
CASE(region_table, set_ranges_full_table_stays_sound)
{
	const addr_range after[] = {pages(0, 5), pages(9, 24), pages(30, 40)};
	region_table table = table_of({{10, 12}, {14, 16}, {20, 22}});

	table.set_ranges(after);
	EXPECT_AT_MOST(table.count(), 3u);
	for (u32 i = 1; i < table.count(); i++)
		EXPECT_AT_MOST(table.range(i - 1).end, table.range(i).start);
	EXPECT_EQUAL(table.range(table.count() - 1).end, 40 * page);
	EXPECT(sound(table));
}

CASE(region_table, moving_sum_fades_out_last_aggregation)
{
	region_table table = table_of({{0, 8, 20}});

	table.shift_counters();
	EXPECT_EQUAL(table.moving_sum(0, 20, 20), 20u);
	look(table, KAPI_ACCESSED, 5);
	EXPECT_EQUAL(table.moving_sum(0, 15, 20), 20u);
	look(table, KAPI_IDLE, 5);
	EXPECT_EQUAL(table.moving_sum(0, 10, 20), 15u);
	look(table, KAPI_IDLE, 10);
	EXPECT_EQUAL(table.moving_sum(0, 0, 20), 5u);
}

// The count after 20 samples, by how many were accessed, idle, and without a result.
CASE(region_table, normalize_unchecked_samples_do_not_lower_the_count)
{
	const struct {
		u32 accessed, idle, unknown, count;
	} cases[] = {
		{20, 0, 0, 20}, {0, 20, 0, 0}, {7, 13, 0, 7},	// all had a result
		{10, 0, 10, 20},				// half is kernel memory, half hot
		{10, 10, 0, 10},				// half was never accessed
		{5, 5, 10, 10}, {3, 4, 13, 9},			// 3 of 7 of 20, rounded
		{5, 0, 15, 20}, {4, 0, 16, 16}, {1, 0, 19, 4},	// fades below a quarter
		{0, 0, 20, 0},
	};

	for (const kapi_outcome unknown : {KAPI_ABSENT, KAPI_BUSY})
		for (const auto &c : cases) {
			region_table table = table_of({{0, 8}});

			look(table, KAPI_ACCESSED, c.accessed);
			look(table, unknown, c.unknown);
			look(table, KAPI_IDLE, c.idle);
			EXPECT_EQUAL(table.checked(0), c.accessed + c.idle);
			EXPECT_EQUAL(table.moving_sum(0, 0, 20), c.count);
			table.normalize(20);
			EXPECT_EQUAL(table.nr_accesses(0), c.count);
			EXPECT_EQUAL(table.moving_sum(0, 0, 20), c.count);
			table.shift_counters();
			EXPECT_EQUAL(table.moving_sum(0, 20, 20), c.count);
			EXPECT_EQUAL(table.checked(0), 0u);
		}
}

// Within an aggregation the elapsed part is estimated from the checks in it that had a result.
CASE(region_table, moving_sum_half_checked_scales_checked_samples)
{
	region_table table = table_of({{0, 8, 20}});

	table.normalize(20);
	table.shift_counters();
	look(table, KAPI_BUSY, 6);
	look(table, KAPI_ACCESSED, 4);
	EXPECT_EQUAL(table.moving_sum(0, 10, 20), 20u);
	look(table, KAPI_IDLE, 4);
	look(table, KAPI_BUSY, 6);
	EXPECT_EQUAL(table.moving_sum(0, 0, 20), 10u);
	table.rescale({0, 20, 40, 100'000, 100'000});
	EXPECT_EQUAL(table.last_nr_accesses(0), 20u);
	EXPECT_EQUAL(table.checked(0), 0u);
}

// The number of checks with a result is averaged, as well as the counts.
CASE(region_table, merge_and_split_average_checked_samples)
{
	prng random{4};
	region_table table = table_of({{0, 8}, {8, 16}}, 4);

	for (u32 k = 0; k < 20; k++) {
		table.access_checks()[0].outcome = KAPI_ACCESSED;
		table.access_checks()[1].outcome = KAPI_ABSENT;
		table.count_accesses();
	}
	table.merge(20, no_limit);
	ASSERT_EQUAL(table.count(), 1u);
	EXPECT_EQUAL(table.checked(0), 10u);
	table.split({}, 4, random);
	ASSERT_EQUAL(table.count(), 2u);
	EXPECT_EQUAL(table.checked(1), 10u);
	table.normalize(20);
	EXPECT_EQUAL(table.nr_accesses(0), 20u);
	EXPECT_EQUAL(table.nr_accesses(1), 20u);
}

// Samples of a few regions at a time: each region is estimated from its own checks; a region that
// was not sampled in this aggregation keeps its count.
CASE(region_table, normalize_unsampled_region_keeps_its_count)
{
	region_table table = table_of({{0, 4}, {4, 8}, {8, 12}, {12, 16, 20}});
	prng random{4};

	table.normalize(20);
	table.shift_counters();
	for (u32 sample = 0; sample < 18; sample++) {
		const u32 at = sample % 3;

		table.pick_checks(random, at, 1);
		ASSERT_EQUAL(table.picked_checks().size(), 1u);
		ASSERT_EQUAL(table.picked_checks()[0].addr / page / 4, at);
		table.access_checks()[3].outcome = KAPI_IDLE; // not sampled
		table.picked_checks()[0].outcome = at == 1 ? KAPI_ACCESSED : KAPI_IDLE;
		table.count_accesses();
		EXPECT_EQUAL(table.moving_sum(3, 19 - sample, 20), 20u);
	}
	EXPECT_EQUAL(table.checked(0), 6u);
	EXPECT(!table.sampled(3));
	table.normalize(20);
	EXPECT_EQUAL(table.nr_accesses(0), 0u);
	EXPECT_EQUAL(table.nr_accesses(1), 20u);
	EXPECT_EQUAL(table.nr_accesses(3), 20u);
}

CASE(region_table, rescale_keeps_access_frequency_and_age)
{
	region_table table = table_of({{0, 8, 10}});

	table.shift_counters();
	look(table, KAPI_IDLE, 2);
	for (u32 i = 0; i < 8; i++) {
		table.update_ages(100);
		hit(table, 0, 1);
	}
	const u32 age = table.age(0);
	table.rescale({10, 20, 100, 100'000, 200'000});
	EXPECT_EQUAL(table.nr_accesses(0), 0u);
	EXPECT_EQUAL(table.last_nr_accesses(0), (10u / 2 + 8u) * 5);
	EXPECT_EQUAL(table.age(0), age / 2);
}

// The invariants hold after each of many random operations.
CASE(region_table, random_operations_keep_table_sound)
{
	prng random{8};
	region_table table = table_of({{0, 100'000}, {1u << 20, (1u << 20) + 77}}, 300);

	const u64 bytes = table.total_bytes();
	for (u32 step = 0; step < 5000; step++) {
		const auto pick = static_cast<u32>(random.below(table.count()));
		switch (random.below(5)) {
		case 0:
			hit(table, pick, static_cast<u32>(random.below(20)));
			break;
		case 1:
			table.update_ages(2);
			table.merge(static_cast<u32>(random.below(4)), page << random.below(24));
			break;
		case 2:
			table.split({random.below(2) ? 3u : 2u, 1, 0}, 200, random);
			break;
		case 3:
			table.cut_larger_than(page << random.between(9, 24));
			break;
		default:
			table.shift_counters();
		}
		ASSERT(sound(table));
		ASSERT_EQUAL(table.total_bytes(), bytes);
	}
}

// The first region extends beyond the first range, and every entry is in use.
CASE(region_table, set_ranges_full_table_first_region_across_ranges_fits)
{
	const addr_range after[] = {pages(0, 1), pages(2, 3)};
	region_table table = table_of({{0, 10}, {10, 20}, {20, 30}, {30, 40}, {40, 50}, {50, 60}});

	table.set_ranges(after);
	EXPECT_EQUAL(regions_of(table), regions({{0, 1}, {2, 3}}));
}

// Even merging makes no room: ranges that do not fit are lost, and no other memory is written.
CASE(region_table, set_ranges_one_entry_for_two_ranges_stays_sound)
{
	const addr_range after[] = {pages(0, 5), pages(6, 10)};
	region_table table = table_of({{0, 10}});

	table.set_ranges(after);
	EXPECT_AT_MOST(table.count(), 1u);
	EXPECT(sound(table));
}

// Every page of a region can be picked, and no page outside it.
CASE(region_table, pick_checks_small_regions_reach_each_page_and_no_other)
{
	const addr_range ranges[] = {pages(1, 5), pages(5, 6), pages(8, 12)};
	bool seen[3][4] = {};
	region_table table;
	prng random{3};

	ASSERT_OK(table.reserve(3));
	table.reset(ranges);
	for (u32 round = 0; round < 500; round++) {
		table.pick_checks(random);
		for (u32 i = 0; i < 3; i++) {
			const u64 addr = table.access_checks()[i].addr;
			ASSERT_EQUAL(addr % page, 0u);
			ASSERT(ranges[i].start <= addr && addr < ranges[i].end);
			seen[i][(addr - ranges[i].start) / page] = true;
		}
	}
	for (u32 i = 0; i < 3; i++)
		for (u32 k = 0; k < ranges[i].size() / page; k++)
			EXPECT(seen[i][k]);
}

// One aggregation locates the hot part of a region to 1/16 of its size.
CASE(region_table, split_by_subregion_hits_partly_hot_region_isolates_hot_part)
{
	const addr_range hot = pages(500, 1100);
	region_table table = table_of({{0, 1600}}, 16);
	prng random{3};
	u64 called_hot = 0;
	u64 right = 0;

	for (u32 sample = 0; sample < 100; sample++) {
		table.pick_checks(random);
		const u64 addr = table.access_checks()[0].addr;
		const bool accessed = hot.start <= addr && addr < hot.end;
		table.access_checks()[0].outcome = accessed ? KAPI_ACCESSED : KAPI_IDLE;
		table.count_accesses();
	}
	table.split_by_subregion_hits(4, 16);
	EXPECT(sound(table));
	for (u32 i = 0; i < table.count(); i++) {
		const addr_range r = table.range(i);
		if (table.nr_accesses(i) < 100)
			continue;
		called_hot += r.size();
		right += min(r.end, hot.end) - max(r.start, hot.start);
	}
	EXPECT_EQUAL(right, called_hot);
	EXPECT_AT_MOST(pages(0, 400).size(), right);

	// The subregion hits have been cleared.
	const u32 count = table.count();
	table.split_by_subregion_hits(1, 16);
	EXPECT_EQUAL(table.count(), count);
}

CASE(region_table, split_by_subregion_hits_at_maximum_stops)
{
	region_table table = table_of({{0, 1600}, {2000, 3600}}, 16);
	prng random{3};

	for (u32 sample = 0; sample < 100; sample++) {
		table.pick_checks(random);
		for (u32 i = 0; i < 2; i++)
			table.access_checks()[i].outcome =
				(table.access_checks()[i].addr - table.range(i).start) /
						(400 * page) % 2
					? KAPI_ACCESSED
					: KAPI_IDLE;
		table.count_accesses();
	}
	table.split_by_subregion_hits(4, 4);
	EXPECT_EQUAL(table.count(), 4u);
	EXPECT(sound(table));
}

CASE(region_table, split_by_subregion_hits_small_region_is_not_cut)
{
	region_table table = table_of({{0, 15}}, 16);
	prng random{3};

	for (u32 sample = 0; sample < 100; sample++) {
		table.pick_checks(random);
		table.access_checks()[0].outcome =
			table.access_checks()[0].addr < 7 * page ? KAPI_ACCESSED : KAPI_IDLE;
		table.count_accesses();
	}
	table.split_by_subregion_hits(1, 16);
	EXPECT_EQUAL(table.count(), 1u);
}

CASE(region_table, cut_at_keeps_counts_until_table_is_full)
{
	region_table table = table_of({{0, 10, 3}, {20, 30}}, 4);

	ASSERT(table.cut_at(0, 4 * page));
	EXPECT_EQUAL(regions_of(table), regions({{0, 4, 3}, {4, 10, 3}, {20, 30}}));
	EXPECT(sound(table));
	ASSERT(table.cut_at(2, 29 * page));
	EXPECT(!table.cut_at(1, 5 * page));	// the table is full
	EXPECT_EQUAL(regions_of(table), regions({{0, 4, 3}, {4, 10, 3}, {20, 29}, {29, 30}}));
	EXPECT(sound(table));
}

CASE(region_table, rejoin_at_joins_only_touching_parts_alike)
{
	region_table table = table_of({{0, 10}, {10, 20}, {30, 40}}, 4);

	table.update_ages(0);
	ASSERT(table.cut_at(1, 15 * page));
	table.rejoin_at(15 * page, 9 * page);	// too large
	table.rejoin_at(30 * page, no_limit);	// not adjacent
	table.rejoin_at(0, no_limit);
	table.rejoin_at(14 * page, no_limit);	// no boundary there
	EXPECT_EQUAL(table.count(), 4u);
	table.reset_age(1);
	table.rejoin_at(15 * page, no_limit);	// ages differ
	EXPECT_EQUAL(table.count(), 4u);
	table.reset_age(2);
	table.rejoin_at(15 * page, no_limit);
	EXPECT_EQUAL(regions_of(table), regions({{0, 10}, {10, 20}, {30, 40}}));
	EXPECT(sound(table));
}
