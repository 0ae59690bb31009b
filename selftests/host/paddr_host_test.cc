// SPDX-License-Identifier: GPL-2.0
// Physical memory: what is monitored of it, as it is plugged and unplugged.
#include "core/kdamond/context.hh"
#include "kunit/test.hh"
#include "selftests/host/host.hh"

#include <gtest/gtest.h>

using namespace damon;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;

class physical_memory : public testing::Test {
protected:
	void SetUp() override
	{
		host::use_virtual_clock();
		host::seed(7);
	}

	void start(std::vector<addr_range> ranges = {})
	{
		inputs in;
		target_inputs t;
		scheme_inputs all;
		report why;

		in.operations = operations_id::paddr;
		for (const addr_range &range : ranges)
			ASSERT_OK(t.ranges.try_push(range));
		ASSERT_OK(in.targets.try_push(move(t)));
		all.pattern = {{0, u64_max}, {0, u32_max}, {0, u32_max}};
		ASSERT_OK(in.schemes.try_push(move(all)));
		auto made = context::make(move(in), why);
		ASSERT_OK(made);
		context_ = move(made).take();
		ASSERT_OK(context_->start("kdamond.0"));
	}

	vec<tried_region> regions()
	{
		auto tried = context_->collect_tried(context::detail::regions);

		EXPECT_OK(tried);
		return move(move(tried).take()[0].regions);
	}

	// What is monitored, touching regions as one.
	std::vector<std::pair<u64, u64>> monitored()
	{
		std::vector<std::pair<u64, u64>> ranges;

		for (const tried_region &r : regions()) {
			if (!ranges.empty() && ranges.back().second == r.range.start)
				ranges.back().second = r.range.end;
			else
				ranges.emplace_back(r.range.start, r.range.end);
		}
		return ranges;
	}

	own<context> context_;
};

using ranges = std::vector<std::pair<u64, u64>>;

} // namespace

TEST_F(physical_memory, all_ram_is_monitored_without_holes)
{
	host::add_process(host::ram, {{0x1000, 0x9f000}, {mib, 768 * mib}, {4096 * mib, 5120 * mib}});
	start();
	EXPECT_EQ(monitored(), (ranges{{0x1000, 0x9f000}, {mib, 768 * mib}, {4096 * mib, 5120 * mib}}));
}

TEST_F(physical_memory, hot_pfns_are_found)
{
	const kapi_range hot{4200 * mib, 4264 * mib};
	u64 called = 0, right = 0;

	host::add_process(host::ram, {{mib, 768 * mib}, {4096 * mib, 5120 * mib}});
	host::set_hot(host::ram, {hot});
	start();
	host::run_for(5000 * ms);
	for (const tried_region &r : regions()) {
		if (r.nr_accesses < 10)
			continue;
		called += r.range.size();
		if (r.range.start < hot.end && r.range.end > hot.start)
			right += min(r.range.end, hot.end) - max(r.range.start, hot.start);
	}
	EXPECT_GE(right, (hot.end - hot.start) * 95 / 100);
	EXPECT_GE(right, called * 95 / 100);
}

TEST_F(physical_memory, hotplugged_memory_is_followed)
{
	host::add_process(host::ram, {{mib, 512 * mib}});
	start();
	EXPECT_EQ(monitored(), (ranges{{mib, 512 * mib}}));
	host::map(host::ram, {1024 * mib, 1152 * mib});
	host::run_for(200 * ms); // long before the update interval is over
	EXPECT_EQ(monitored(), (ranges{{mib, 512 * mib}, {1024 * mib, 1152 * mib}}));
	host::unmap(host::ram, {256 * mib, 384 * mib});
	host::run_for(200 * ms);
	EXPECT_EQ(monitored(),
		  (ranges{{mib, 256 * mib}, {384 * mib, 512 * mib}, {1024 * mib, 1152 * mib}}));
}

TEST_F(physical_memory, configured_ranges_stay)
{
	host::add_process(host::ram, {{mib, 512 * mib}});
	start({{16 * mib, 32 * mib}, {64 * mib, 65 * mib}});
	host::map(host::ram, {1024 * mib, 1152 * mib});
	host::run_for(200 * ms);
	EXPECT_EQ(monitored(), (ranges{{16 * mib, 32 * mib}, {64 * mib, 65 * mib}}));
}

TEST_F(physical_memory, ranges_beyond_256_are_joined_into_the_last)
{
	std::vector<kapi_range> pieces;

	for (u64 i = 0; i < 300; i++)
		pieces.push_back({2 * i * mib, (2 * i + 1) * mib});
	host::add_process(host::ram, pieces);
	start();
	const auto found = monitored();
	ASSERT_EQ(found.size(), 256u);
	EXPECT_EQ(found[254], (std::pair<u64, u64>{508 * mib, 509 * mib}));
	EXPECT_EQ(found[255], (std::pair<u64, u64>{510 * mib, 599 * mib}));
}

TEST_F(physical_memory, machine_without_ram_starts)
{
	start();
	EXPECT_TRUE(monitored().empty());
	host::add_process(host::ram, {{mib, 2 * mib}});
	host::run_for(200 * ms);
	EXPECT_EQ(monitored(), (ranges{{mib, 2 * mib}}));
}
