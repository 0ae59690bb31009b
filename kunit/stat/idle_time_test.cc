// SPDX-License-Identifier: GPL-2.0
// Compares the results of damonxx_stat with the definition of percentiles.
#include "damonxx/lib/math.hh"
#include "damonxx/lib/prng.hh"
#include "kunit/test.hh"
#include "modules/idle_time.hh"

using namespace damon;

namespace {

constexpr u64 aggr_us = 100'000;
constexpr u32 most_regions = 40;

// Too large for the stack; cases run one at a time.
constinit damonxx_snapshot_region regions[most_regions]{};
constinit s64 percentiles[DAMONXX_MAX_RESULTS]{};

damonxx_snapshot_region region(u64 bytes, u32 nr_accesses, u32 age)
{
	damonxx_snapshot_region made{};

	made.end = bytes;
	made.nr_accesses = nr_accesses;
	made.age = age;
	return made;
}

s64 idle_ms(const damonxx_snapshot_region &one)
{
	const s64 ms = static_cast<s64>((u64{one.age} + 1) * aggr_us / 1000);

	return one.nr_accesses ? -ms : ms;
}

struct bytes {
	u64 less, up_to, all;	// idle for less than @ms, for at most @ms, and all
};
bytes count(u32 nr_regions, s64 ms)
{
	bytes counted{};

	for (u32 i = 0; i < nr_regions; i++) {
		const u64 size = regions[i].end - regions[i].start;
		counted.all += size;
		if (idle_ms(regions[i]) < ms)
			counted.less += size;
		if (idle_ms(regions[i]) <= ms)
			counted.up_to += size;
	}
	return counted;
}

} // namespace

CASE(idle_time, idle_percentiles_without_regions_are_zero)
{
	for (s64 &each : percentiles)
		each = 1;
	idle_percentiles({}, aggr_us, percentiles);
	for (const s64 each : percentiles)
		EXPECT_EQUAL(each, 0);
	EXPECT_EQUAL(estimated_bandwidth({}, aggr_us), 0u);
}

// At least @percent of all bytes, rounded up and at least one byte, have at most this value, and
// fewer have a lower value.
CASE(idle_time, idle_percentiles_are_weighted_by_bytes)
{
	prng random{5};

	for (u32 round = 0; round < 200; round++) {
		const u32 nr_regions = static_cast<u32>(random.between(1, most_regions + 1));

		for (u32 i = 0; i < nr_regions; i++)
			regions[i] = region(random.between(1, 51), static_cast<u32>(random.below(2) * 7),
					    static_cast<u32>(random.below(9)));
		idle_percentiles({regions, nr_regions}, aggr_us, percentiles);
		for (u32 percent = 0; percent <= 100; percent++) {
			const bytes counted = count(nr_regions, percentiles[percent]);
			const u64 wanted = max((percent * counted.all + 99) / 100, u64{1});

			EXPECT_AT_MOST(wanted, counted.up_to);
			EXPECT_LESS(counted.less, wanted);
		}
	}
}

CASE(idle_time, idle_percentiles_and_bandwidth_extremes_saturate)
{
	regions[0] = region(u64_max / 2, 0, u32_max);
	idle_percentiles({regions, 1}, u64_max, percentiles);
	EXPECT_EQUAL(percentiles[0], u64_max / 2);

	regions[0] = regions[1] = region(u64_max, u32_max, 0);
	EXPECT_EQUAL(estimated_bandwidth({regions, 2}, 1), u64_max);
	EXPECT_EQUAL(estimated_bandwidth({regions, 2}, 0), u64_max);
}

CASE(idle_time, estimated_bandwidth_counts_accessed_bytes_per_second)
{
	damonxx_snapshot_region some[] = {region(1000, 3, 0), region(500, 0, 9), region(10, 20, 1)};

	EXPECT_EQUAL(estimated_bandwidth(some, aggr_us), (3000u + 200u) * 10);
}
