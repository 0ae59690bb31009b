// SPDX-License-Identifier: GPL-2.0
// What adds up over days and years: clocks, totals, ages; and commits that never stop coming.
#include "core/kdamond/context.hh"
#include "core/region/region_table.hh"
#include "schemes/goal_metric.hh"
#include "kunit/test.hh"
#include "selftests/host/host.hh"

#include <gtest/gtest.h>

using namespace damon;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 day = 24 * 3'600'000 * ms;
constexpr u64 mib = u64{1} << 20;
constexpr u64 pages_per_mib = mib / page_bytes;
constexpr kapi_range memory{256 * mib, 1'280 * mib};

class long_run : public testing::Test {
protected:
	void SetUp() override
	{
		host::use_virtual_clock();
		host::seed(11);
		host::add_process(host::ram, {memory});
	}

	static scheme_inputs pageout()
	{
		scheme_inputs s;

		s.action = action::pageout;
		s.pattern = {{0, u64_max}, {0, u32_max}, {0, u32_max}};
		return s;
	}
	static inputs wanted(scheme_inputs s)
	{
		inputs in;

		in.operations = operations_id::paddr;
		EXPECT_OK(in.targets.try_push({}));
		EXPECT_OK(in.schemes.try_push(move(s)));
		return in;
	}
	void start(inputs in)
	{
		report why;
		auto made = context::make(move(in), why);

		ASSERT_OK(made);
		context_ = move(made).take();
		ASSERT_OK(context_->start("kdamond.0"));
	}
	scheme_stats stats()
	{
		auto read = context_->read_stats();

		EXPECT_OK(read);
		return move(read).take()[0];
	}
	static u64 out_mib()
	{
		return 1'024 - host::count_pages_in(host::ram, memory).in_memory / pages_per_mib;
	}

	own<context> context_;
};

} // namespace

TEST_F(long_run, quota_after_years_holds)
{
	scheme_inputs s = pageout();

	s.quota.bytes = 4 * mib;
	s.quota.reset_interval_ms = 1'000;
	host::spend(3 * 365 * day);
	start(wanted(move(s)));
	host::run_for(500 * ms);
	for (u64 window = 1; window <= 20; window++) {
		EXPECT_EQ(out_mib(), window * 4);
		host::run_for(1'000 * ms);
	}
}

// A kdamond that could not run gets nothing for the time in between.
TEST_F(long_run, quota_after_days_of_standstill_begins_one_window)
{
	scheme_inputs s = pageout();

	s.quota.bytes = 4 * mib;
	s.quota.reset_interval_ms = 1'000;
	start(wanted(move(s)));
	host::run_for(500 * ms);
	EXPECT_EQ(out_mib(), 4u);
	host::spend(49 * day + 17 * ms);	// 2^32 ms are in between
	host::run_for(900 * ms);
	EXPECT_LE(out_mib(), 12u);
	EXPECT_GE(out_mib(), 8u);
	host::run_for(10'000 * ms);
	EXPECT_LE(out_mib(), 12u + 40);
	EXPECT_GE(out_mib(), 8u + 36);
}

// Windows of a day, and what each allows.
TEST_F(long_run, quota_of_a_day_is_used_each_day)
{
	scheme_inputs s = pageout();
	inputs in;

	s.quota.bytes = 16 * mib;
	s.quota.reset_interval_ms = day / ms;
	in = wanted(move(s));
	in.attrs.sample_us = 60'000'000;
	in.attrs.aggr_us = 600'000'000;
	in.attrs.update_us = 3'600'000'000;
	start(move(in));
	host::run_for(day / 2);
	for (u64 days = 1; days <= 40; days++) {
		EXPECT_EQ(out_mib(), days * 16);
		host::run_for(day);
	}
}

// So much of the time someone waited that the total of a machine of years is beyond 2^32 us, and beyond 2^53.
TEST_F(long_run, psi_with_any_total_counts_what_came_since)
{
	goal g;

	g.metric = goal_metric::some_mem_psi_us;
	g.target_value = 1'000;
	for (const u64 before : {u64{0}, u64{1} << 32, (u64{1} << 53) + 1, (u64{1} << 63) - 10'000}) {
		psi_baseline baseline;
		u64 total = before;

		host::set_psi([&] { return static_cast<s64>(total); });
		EXPECT_EQ(measure(g, baseline), 1'000u) << before;	// nothing is known yet
		total += 250;
		EXPECT_EQ(score_of(g, measure(g, baseline)), 2'500u) << before;
		EXPECT_EQ(measure(g, baseline), 0u) << before;
		total += 4'000;
		EXPECT_EQ(score_of(g, measure(g, baseline)), 40'000u) << before;
	}
}

// 2^32 windows of 100 ms are 13 years.
TEST_F(long_run, age_at_maximum_stays_there)
{
	const addr_range range[] = {{memory.start, memory.end}};
	region_table table;

	ASSERT_OK(table.reserve(4));
	table.reset(range);
	table.update_ages(1);
	table.rescale({0, 20, 20, u64_max / 4, 1});
	EXPECT_EQ(table.age(0), u32_max);
	for (int window = 0; window < 3; window++) {
		table.shift_counters();
		table.update_ages(1);
		EXPECT_EQ(table.age(0), u32_max);
	}
	// Cut and joined again: sums of ages are larger than an age.
	ASSERT_TRUE(table.cut_at(0, memory.start + 512 * mib));
	EXPECT_EQ(table.age(1), u32_max);
	table.merge(1, u64_max);
	ASSERT_EQ(table.count(), 1u);
	EXPECT_EQ(table.age(0), u32_max);
}

// More often than the scheme is to be applied, many times in a row.
TEST_F(long_run, scheme_with_commits_faster_than_apply_interval_acts)
{
	report why;
	const auto slow = [] {
		scheme_inputs s = pageout();

		s.apply_interval_us = 1'000'000;
		s.quota.bytes = mib;
		s.quota.reset_interval_ms = 1'000;
		return wanted(move(s));
	};

	start(slow());
	for (int commit = 0; commit < 400; commit++) {	// 20 s
		host::run_for(50 * ms);
		ASSERT_OK(context_->commit(slow(), why));
	}
	EXPECT_GE(stats().nr_tried, 15u);
	EXPECT_LE(stats().nr_tried, 20u);
	EXPECT_GE(out_mib(), 15u);
}

TEST_F(long_run, accesses_with_commits_faster_than_aggregation_are_counted)
{
	const kapi_range hot{memory.start, memory.start + 256 * mib};
	report why;
	const auto hot_ones = [] {
		scheme_inputs s = pageout();

		s.pattern.nr_accesses = {15, u32_max};
		s.ops_filters = {};
		s.action = action::stat;
		return wanted(move(s));
	};

	host::set_hot(host::ram, {hot});
	start(hot_ones());
	for (int commit = 0; commit < 100; commit++) {
		host::run_for(30 * ms);
		ASSERT_OK(context_->commit(hot_ones(), why));
	}
	EXPECT_GE(stats().sz_tried, 10 * 256 * mib);
}
