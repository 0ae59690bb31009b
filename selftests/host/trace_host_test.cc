// SPDX-License-Identifier: GPL-2.0
// Trace events: what a listener is told, against what the user is told in other ways.
#include "core/context.hh"
#include "kunit/test.hh"
#include "selftests/host/host.hh"

#include <gtest/gtest.h>

#include <map>

using namespace damon;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;
constexpr u64 base = u64{0x7f00} << 32;
constexpr int first_pid = 42;
scheme_inputs everything()
{
	scheme_inputs all;

	all.pattern = {{0, u64_max}, {0, u32_max}, {0, u32_max}};
	return all;
}

// The regions of one moment.
using moment = std::vector<host::trace_event>;

// By the time they came at; an aggregation, a round and a walk each have one.
std::vector<moment> moments(int kind)
{
	std::map<u64, moment> by_time;
	std::vector<moment> found;

	for (const host::trace_event &event : host::traced(kind))
		by_time[event.at_ns].push_back(event);
	for (const auto &[time, events] : by_time)
		found.push_back(events);
	return found;
}

class trace_events : public testing::Test {
protected:
	void SetUp() override
	{
		host::use_virtual_clock();
		host::seed(7);
	}

	void add_process(int pid, u64 size)
	{
		target_inputs t;

		host::add_process(pid, {{base, base + size}});
		host::set_hot(pid, {{base, base + size / 4}});
		t.pid_number = pid;
		t.pid = pid_ref{kapi_pid_get(pid)};
		ASSERT_OK(in_.targets.try_push(move(t)));
	}

	void add_scheme(scheme_inputs wanted) { ASSERT_OK(in_.schemes.try_push(move(wanted))); }

	void start()
	{
		report why;
		auto made = context::make(move(in_), why);

		ASSERT_OK(made);
		context_ = move(made).take();
		ASSERT_OK(context_->start("kdamond.0"));
	}

	tried_regions tried()
	{
		auto collected = context_->collect_tried(context::detail::regions);

		EXPECT_OK(collected);
		return move(collected).take();
	}

	inputs in_;
	own<context> context_;
};

} // namespace

TEST_F(trace_events, events_without_listener_are_not_emitted)
{
	add_process(first_pid, 64 * mib);
	add_scheme(everything());
	start();
	host::run_for(1000 * ms);
	EXPECT_TRUE(host::traced().empty());

	host::listen(KAPI_TRACE_AGGREGATED);
	host::run_for(1000 * ms);
	EXPECT_GE(host::traced(KAPI_TRACE_AGGREGATED).size(), 10u * 9);
	EXPECT_EQ(host::traced(KAPI_TRACE_AGGREGATED).size(), host::traced().size());

	host::listen(KAPI_TRACE_AGGREGATED, false);
	const u64 before = host::traced().size();
	host::run_for(1000 * ms);
	EXPECT_EQ(host::traced().size(), before);
}

TEST_F(trace_events, aggregated_lists_all_regions_by_target)
{
	add_process(first_pid, 64 * mib);
	add_process(first_pid + 1, 32 * mib);
	start();
	host::listen(KAPI_TRACE_AGGREGATED);
	host::run_for(2000 * ms);

	const auto aggregations = moments(KAPI_TRACE_AGGREGATED);
	ASSERT_GE(aggregations.size(), 19u);
	for (const moment &aggr_samples : aggregations) {
		std::map<u64, std::vector<kapi_trace_region>> targets;
		for (const host::trace_event &event : aggr_samples)
			targets[event.region.target].push_back(event.region);
		ASSERT_EQ(targets.size(), 2u);
		for (const auto &[number, regions] : targets) {
			u64 at = base;
			for (const kapi_trace_region &region : regions) {
				EXPECT_EQ(region.nr_regions, regions.size());
				EXPECT_EQ(region.start, at);
				EXPECT_LE(region.nr_accesses, 20u);
				at = region.end;
			}
			EXPECT_EQ(at, base + (number == 0 ? 64 : 32) * mib);
		}
	}
}

// The counts are those of the aggregation that ends, not of the one that begins.
TEST_F(trace_events, aggregated_counts_are_of_the_ended_aggregation)
{
	add_process(first_pid, 64 * mib);
	start();
	host::run_for(3000 * ms);
	host::listen(KAPI_TRACE_AGGREGATED);
	host::run_for(1000 * ms);

	u64 hot = 0, cold = 0;
	for (const host::trace_event &event : host::traced(KAPI_TRACE_AGGREGATED)) {
		const kapi_trace_region &region = event.region;
		if (region.end <= base + 16 * mib) {
			EXPECT_EQ(region.nr_accesses, 20u);
			hot++;
		} else if (region.start >= base + 16 * mib) {
			EXPECT_EQ(region.nr_accesses, 0u);
			cold++;
		}
	}
	EXPECT_GT(hot, 0u);
	EXPECT_GT(cold, 0u);
}

TEST_F(trace_events, aggregated_without_probes_has_no_hits)
{
	add_process(first_pid, 64 * mib);
	start();
	host::listen(KAPI_TRACE_REGION_AGGREGATED);
	host::run_for(1000 * ms);
	EXPECT_TRUE(host::traced().empty());
}

// What a walk finds is what the same round told; the other scheme matches other regions.
TEST_F(trace_events, before_apply_lists_matching_regions)
{
	scheme_inputs hot = everything();

	hot.pattern.nr_accesses = {5, u32_max};
	add_process(first_pid, 64 * mib);
	add_scheme(everything());
	add_scheme(move(hot));
	start();
	host::run_for(3000 * ms);
	host::listen(KAPI_TRACE_BEFORE_APPLY);
	const tried_regions found = tried();

	const auto rounds = moments(KAPI_TRACE_BEFORE_APPLY);
	ASSERT_EQ(rounds.size(), 1u);
	std::vector<kapi_trace_region> told[2];
	for (const host::trace_event &event : rounds[0]) {
		ASSERT_LT(event.scheme, 2u);
		told[event.scheme].push_back(event.region);
	}
	for (u32 s = 0; s < 2; s++) {
		ASSERT_EQ(told[s].size(), found[s].regions.size());
		for (u32 i = 0; i < told[s].size(); i++) {
			const tried_region &region = found[s].regions[i];
			EXPECT_EQ(told[s][i].start, region.range.start);
			EXPECT_EQ(told[s][i].end, region.range.end);
			EXPECT_EQ(told[s][i].nr_accesses, region.nr_accesses);
			EXPECT_EQ(told[s][i].age, region.age);
			EXPECT_EQ(told[s][i].nr_regions, found[0].regions.size());
		}
	}
	EXPECT_LT(told[1].size(), told[0].size());
	EXPECT_GT(told[1].size(), 0u);
}

TEST_F(trace_events, stat_after_apply_comes_after_each_pass)
{
	scheme_inputs slow = everything();

	slow.apply_interval_us = 400'000;
	add_process(first_pid, 64 * mib);
	add_scheme(everything());
	add_scheme(move(slow));
	host::listen(KAPI_TRACE_STAT_AFTER_APPLY);
	start();
	host::run_for(2050 * ms);

	u64 rounds[2] = {};
	for (const host::trace_event &event : host::traced()) {
		ASSERT_LT(event.scheme, 2u);
		rounds[event.scheme]++;
		EXPECT_EQ(event.stats.nr_snapshots, rounds[event.scheme]);
		EXPECT_EQ(event.stats.sz_tried, rounds[event.scheme] * 64 * mib);
	}
	EXPECT_EQ(rounds[0], 20u);
	EXPECT_EQ(rounds[1], 5u);
	auto stats = context_->read_stats();
	ASSERT_OK(stats);
	const vec<scheme_stats> read = move(stats).take();
	EXPECT_EQ(host::traced().rbegin()->stats.nr_tried, read[host::traced().rbegin()->scheme].nr_tried);
}

TEST_F(trace_events, tuned_intervals_are_traced_on_change_only)
{
	in_.attrs.goal = {.access_bp = 400, .aggrs = 3, .min_sample_us = 1000, .max_sample_us = 40'000};
	add_process(first_pid, 64 * mib);
	host::set_hot(first_pid, {});
	host::listen(KAPI_TRACE_INTERVALS_TUNE);
	start();
	host::run_for(20'000 * ms);

	// Nothing is accessed, so the intervals grow to the most that is allowed, and stay.
	const auto told = host::traced();
	ASSERT_GE(told.size(), 2u);
	for (u64 i = 1; i < told.size(); i++)
		EXPECT_GT(told[i].sample_us, told[i - 1].sample_us);
	EXPECT_EQ(told.back().sample_us, 40'000u);
	auto attrs = context_->read_attrs();
	ASSERT_OK(attrs);
	EXPECT_EQ(move(attrs).take().sample_us, 40'000u);
}

TEST_F(trace_events, addresses_and_sizes_are_in_addr_units)
{
	constexpr u64 unit = 4096;
	target_inputs ram;

	host::add_process(host::ram, {{mib, 65 * mib}});
	in_.operations = operations_id::paddr;
	in_.addr_unit = unit;
	ASSERT_OK(in_.targets.try_push(move(ram)));
	add_scheme(everything());
	for (int kind : {KAPI_TRACE_AGGREGATED, KAPI_TRACE_BEFORE_APPLY, KAPI_TRACE_STAT_AFTER_APPLY})
		host::listen(kind);
	start();
	host::run_for(150 * ms);

	for (int kind : {KAPI_TRACE_AGGREGATED, KAPI_TRACE_BEFORE_APPLY}) {
		const auto told = host::traced(kind);
		ASSERT_FALSE(told.empty());
		EXPECT_EQ(told.front().region.start, mib / unit);
		EXPECT_EQ(told.back().region.end, 65 * mib / unit);
	}
	const auto stats = host::traced(KAPI_TRACE_STAT_AFTER_APPLY);
	ASSERT_EQ(stats.size(), 1u);
	EXPECT_EQ(stats[0].stats.sz_tried, 64 * mib / unit);
}
