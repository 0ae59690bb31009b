// SPDX-License-Identifier: GPL-2.0
// The numbers of damonxx_stat against counting byte by byte.
#include "damonxx/prng.hh"
#include "modules/idle_time.hh"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

using namespace damon;

namespace {

damonxx_snapshot_region region(u64 bytes, u32 nr_accesses, u32 age)
{
	damonxx_snapshot_region made{};

	made.end = bytes;
	made.nr_accesses = nr_accesses;
	made.age = age;
	return made;
}

std::vector<s64> percentiles(std::vector<damonxx_snapshot_region> regions, u64 aggr_us)
{
	s64 out[DAMONXX_MAX_RESULTS] = {};

	idle_percentiles({regions.data(), static_cast<u32>(regions.size())}, aggr_us, out);
	return {std::begin(out), std::end(out)};
}

// Each byte is one element of a sorted list.
std::vector<s64> counted(const std::vector<damonxx_snapshot_region> &regions, u64 aggr_us)
{
	std::vector<s64> bytes, out;

	for (const auto &one : regions) {
		const auto ms = static_cast<s64>((u64{one.age} + 1) * aggr_us / 1000);
		bytes.insert(bytes.end(), one.end - one.start, one.nr_accesses ? -ms : ms);
	}
	std::sort(bytes.begin(), bytes.end());
	for (u64 percent = 0; percent <= 100; percent++) {
		// The first so many percent, rounded up to bytes, at least one.
		const u64 last = std::max<u64>((percent * bytes.size() + 99) / 100, 1);
		out.push_back(bytes[last - 1]);
	}
	return out;
}

} // namespace

TEST(idle_time, nothing_is_nothing)
{
	EXPECT_EQ(percentiles({}, 100'000), std::vector<s64>(101));
	EXPECT_EQ(estimated_bandwidth({}, 100'000), 0u);
}

TEST(idle_time, percentiles_are_of_bytes)
{
	prng random{5};

	for (int round = 0; round < 200; round++) {
		std::vector<damonxx_snapshot_region> regions;
		const u64 count = 1 + random.below(40);
		for (u64 i = 0; i < count; i++)
			regions.push_back(region(1 + random.below(50),
						 static_cast<u32>(random.below(2) * 7),
						 static_cast<u32>(random.below(9))));
		EXPECT_EQ(percentiles(regions, 100'000), counted(regions, 100'000));
	}
}

TEST(idle_time, extremes_saturate)
{
	const std::vector<s64> most = percentiles({region(u64_max / 2, 0, u32_max)}, u64_max);

	EXPECT_EQ(most[0], static_cast<s64>(u64_max / 2));
	damonxx_snapshot_region all[] = {region(u64_max, u32_max, 0), region(u64_max, u32_max, 0)};
	EXPECT_EQ(estimated_bandwidth(all, 1), u64_max);
	EXPECT_EQ(estimated_bandwidth(all, 0), u64_max);
}

TEST(idle_time, bandwidth_is_what_accessed_regions_have_in_a_second)
{
	damonxx_snapshot_region some[] = {region(1000, 3, 0), region(500, 0, 9), region(10, 20, 1)};

	EXPECT_EQ(estimated_bandwidth(some, 100'000), (3000u + 200u) * 10);
}
