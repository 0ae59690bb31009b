// SPDX-License-Identifier: GPL-2.0
// A context and its kdamond on scripted processes and a virtual clock.
#include "core/kdamond/context.hh"
#include "kunit/test.hh"
#include "selftests/host/host.hh"

#include <gtest/gtest.h>

#include <atomic>

using namespace damon;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;
constexpr u64 base = u64{0x7f00} << 32;
constexpr int pid = 42;

result<inputs> try_wanted(int target_pid)
{
	inputs in;
	target_inputs t;
	scheme_inputs all;

	t.pid_number = target_pid;
	t.pid = pid_ref{kapi_pid_get(target_pid)};
	TRY(in.targets.try_push(move(t)));
	all.pattern = {{0, u64_max}, {0, u32_max}, {0, u32_max}};
	TRY(in.schemes.try_push(move(all)));
	return in;
}

inputs wanted(int target_pid = pid)
{
	auto in = try_wanted(target_pid);

	EXPECT_OK(in);
	return move(in).take();
}

own<context> started(inputs in)
{
	report why;
	auto made = context::make(move(in), why);
	EXPECT(made.is_ok());
	own<context> c = move(made).take();
	EXPECT_OK(c->start("kdamond.0"));
	return c;
}

u64 monitored_bytes(context &c)
{
	auto tried = c.collect_tried(context::detail::totals);

	EXPECT_OK(tried);
	return move(tried).take()[0].total_bytes;
}

u64 overlap(addr_range a, addr_range b)
{
	const u64 start = max(a.start, b.start);
	const u64 end = min(a.end, b.end);
	return start < end ? end - start : 0;
}

struct accuracy {
	double recall, precision;
};

// Of what is called hot (at least half of the samples saw it accessed).
accuracy judge(const tried_regions &tried, const std::vector<kapi_range> &hot)
{
	u64 called = 0, right = 0, truth = 0;

	for (const tried_region &r : tried[0].regions) {
		if (r.nr_accesses < 10)
			continue;
		called += r.range.size();
		for (const kapi_range &h : hot)
			right += overlap(r.range, {h.start, h.end});
	}
	for (const kapi_range &h : hot)
		truth += h.end - h.start;
	return {static_cast<double>(right) / static_cast<double>(truth),
		static_cast<double>(right) / static_cast<double>(called ? called : 1)};
}

std::vector<kapi_range> hot_ranges(u64 first_mib, u64 second_mib)
{
	return {{base + first_mib * mib, base + (first_mib + 24) * mib},
		{base + second_mib * mib, base + (second_mib + 16) * mib}};
}

void add_typical_process()
{
	host::add_process(pid, {{0x400000, 0x500000},
				{base, base + 256 * mib},
				{u64{0x7ffc} << 32, (u64{0x7ffc} << 32) + mib}});
	host::set_hot(pid, hot_ranges(32, 160));
}

class running_context : public testing::Test {
protected:
	void SetUp() override
	{
		host::use_virtual_clock();
		host::seed(7);
		add_typical_process();
	}
};

} // namespace

TEST_F(running_context, hot_memory_is_found_and_followed)
{
	own<context> c = started(wanted());

	for (const auto &hot : {hot_ranges(32, 160), hot_ranges(200, 96), hot_ranges(5, 100)}) {
		host::set_hot(pid, hot);
		host::run_for(2500 * ms);
		double recall = 0, precision = 0;
		constexpr int rounds = 20;
		for (int i = 0; i < rounds; i++) {
			auto tried = c->collect_tried(context::detail::regions);
			ASSERT_OK(tried);
			const accuracy found = judge(move(tried).take(), hot);
			recall += found.recall / rounds;
			precision += found.precision / rounds;
		}
		EXPECT_GE(recall, 0.95);
		EXPECT_GE(precision, 0.95);
	}
}

TEST_F(running_context, monitoring_loop_allocates_nothing)
{
	own<context> c = started(wanted());

	host::run_for(10 * ms);
	const u64 before = host::counts().allocations;
	host::run_for(65'000 * ms);	// past the update interval
	EXPECT_EQ(host::counts().allocations, before);
	EXPECT_GT(host::counts().test_calls, 10'000u);
	c->stop();
	EXPECT_EQ(host::counts().allocations, before);
}

TEST_F(running_context, target_exit_ends_kdamond)
{
	own<context> c = started(wanted());

	host::run_for(300 * ms);
	EXPECT(c->running());
	EXPECT_NE(c->pid(), -1);
	host::end_process(pid);
	host::run_for(300 * ms);
	EXPECT(!c->running());
	EXPECT_EQ(c->pid(), -1);
	EXPECT_EQ(host::held_pids(), 0u);
	EXPECT_EQ(host::held_mms(), 0u);
	EXPECT_ERROR(c->read_stats(), errc::canceled);
	EXPECT_ERROR(c->collect_tried(context::detail::regions), errc::canceled);
	report why;
	host::add_process(43);
	EXPECT_ERROR(c->commit(wanted(43), why), errc::canceled);
}

// Somebody who watches a child may ask until it has waited for the child.
TEST_F(running_context, zombie_target_keeps_kdamond_until_reaped)
{
	own<context> c = started(wanted());

	host::run_for(1000 * ms);
	host::exit_process(pid);
	host::run_for(1000 * ms);
	EXPECT(c->running());
	EXPECT_EQ(host::held_mms(), 0u);
	EXPECT_OK(c->read_stats());
	auto tried = c->collect_tried(context::detail::regions);
	ASSERT_OK(tried);
	const tried_regions idle = move(tried).take();
	EXPECT_GT(idle[0].total_bytes, 0u);
	for (const tried_region &region : idle[0].regions)
		EXPECT_EQ(region.nr_accesses, 0u);
	host::end_process(pid);
	host::run_for(300 * ms);
	EXPECT(!c->running());
	EXPECT_EQ(host::held_pids(), 0u);
}

TEST_F(running_context, exit_of_one_of_two_targets_keeps_kdamond)
{
	inputs in = wanted();
	target_inputs second;

	host::add_process(43, {{base, base + mib}});
	second.pid = pid_ref{kapi_pid_get(43)};
	ASSERT_OK(in.targets.try_push(move(second)));
	own<context> c = started(move(in));
	host::run_for(300 * ms);
	host::end_process(pid);
	host::run_for(300 * ms);
	EXPECT(c->running());
	host::end_process(43);
	host::run_for(300 * ms);
	EXPECT(!c->running());
}

TEST_F(running_context, requests_before_start_fail_ecanceled)
{
	report why;
	auto made = context::make(wanted(), why);
	ASSERT_OK(made);
	own<context> c = move(made).take();

	EXPECT_ERROR(c->read_stats(), errc::canceled);
	EXPECT_ERROR(c->collect_tried(context::detail::totals), errc::canceled);
	EXPECT_ERROR(c->commit(wanted(), why), errc::canceled);
	c->stop();
	EXPECT_EQ(c->pid(), -1);
}

TEST_F(running_context, request_is_answered_before_next_sample)
{
	inputs in = wanted();

	in.attrs.sample_us = 10'000'000;
	in.attrs.aggr_us = 100'000'000;
	own<context> c = started(move(in));
	const u64 before = kapi_now_ns();
	EXPECT_OK(c->read_stats());
	report why;
	EXPECT_OK(c->commit(wanted(), why));
	EXPECT_LT(kapi_now_ns() - before, 1 * ms);
	c->stop();
	EXPECT_LT(kapi_now_ns() - before, 1 * ms);
}

// Where the kernel has no idle flags, the test sets borrowed accessed bits again.
TEST_F(running_context, cleared_page_is_always_tested)
{
	own<context> c = started(wanted());
	report why;

	host::run_for(52 * ms);
	EXPECT_OK(c->commit(wanted(), why));
	host::run_for(52 * ms);
	c->stop();
	EXPECT_EQ(host::counts().tested_checks, host::counts().prepared_checks);
}

TEST_F(running_context, commit_shorter_interval_takes_effect_at_once)
{
	inputs in = wanted();
	report why;

	in.attrs.sample_us = 10'000'000;
	in.attrs.aggr_us = 100'000'000;
	own<context> c = started(move(in));
	host::run_for(10 * ms);
	EXPECT_OK(c->commit(wanted(), why));
	const u64 before = host::counts().test_calls;
	host::run_for(1000 * ms);
	EXPECT_GE(host::counts().test_calls - before, 190u);
}

TEST_F(running_context, sample_rate_with_costly_checks_is_kept)
{
	inputs in = wanted();

	in.attrs.min_nr_regions = 1000;
	host::set_check_cost_ns(1000); // 2 ms of work in 5 ms
	own<context> c = started(move(in));
	host::run_for(100 * ms);
	const u64 before = host::counts().test_calls;
	host::run_for(10'000 * ms);
	EXPECT_GE(host::counts().test_calls - before, 1940u);
}

TEST_F(running_context, sample_longer_than_interval_leaves_time_for_accesses)
{
	inputs in = wanted();
	u64 shortest_ns = u64_max;

	in.attrs.min_nr_regions = 1000;
	host::set_check_cost_ns(10'000); // 20 ms of work for 5 ms
	host::set_page_script(pid, [&](u64, u64 cleared, u64 tested) {
		shortest_ns = std::min(shortest_ns, tested - cleared);
		return KAPI_IDLE;
	});
	own<context> c = started(move(in));
	host::run_for(1000 * ms);
	c->stop();
	EXPECT_GE(shortest_ns, 25 * ms / 10);
}

TEST_F(running_context, walk_of_10000_regions_reports_all)
{
	inputs in = wanted();

	in.attrs.min_nr_regions = 10'000;
	in.attrs.max_nr_regions = 20'000;
	own<context> c = started(move(in));
	host::run_for(300 * ms);
	auto tried = c->collect_tried(context::detail::regions);
	ASSERT_OK(tried);
	const tried_regions regions = move(tried).take();
	EXPECT_GE(regions[0].regions.size(), 10'000u);
	u64 bytes = 0;
	for (const tried_region &r : regions[0].regions)
		bytes += r.range.size();
	EXPECT_EQ(bytes, 258 * mib);
	EXPECT_EQ(regions[0].total_bytes, bytes);

	EXPECT_EQ(monitored_bytes(*c), bytes);
}

TEST_F(running_context, aggregation_has_configured_number_of_samples)
{
	host::set_hot(pid, {{0x400000, 0x500000}, {base, base + 256 * mib}});
	own<context> c = started(wanted());
	host::run_for(1000 * ms);
	const u64 before = c->read_stats().take()[0].nr_snapshots;
	host::run_for(10'000 * ms);
	const u64 rounds = c->read_stats().take()[0].nr_snapshots - before;
	EXPECT_GE(rounds, 99u);
	EXPECT_LE(rounds, 101u);

	auto tried = c->collect_tried(context::detail::regions);
	ASSERT_OK(tried);
	const tried_regions found = move(tried).take();
	u32 most = 0;
	for (const tried_region &r : found[0].regions)
		most = max(most, r.nr_accesses);
	EXPECT_EQ(most, 20u);
}

TEST_F(running_context, region_count_stays_within_min_and_max)
{
	inputs in = wanted();

	in.attrs.min_nr_regions = 50;
	in.attrs.max_nr_regions = 80;
	own<context> c = started(move(in));
	for (int i = 0; i < 50; i++) {
		auto tried = c->collect_tried(context::detail::regions);
		ASSERT_OK(tried);
		const u32 count = move(tried).take()[0].regions.size();
		EXPECT_GE(count, 50u);
		EXPECT_LE(count, 80u + 50u);	// cut to the minimum after it was merged
	}
}

TEST_F(running_context, commit_invalid_changes_nothing)
{
	own<context> c = started(wanted());
	report why;

	host::run_for(2000 * ms);
	inputs bad = wanted();
	bad.attrs.min_nr_regions = 2;
	EXPECT_ERROR(c->commit(move(bad), why), errc::inval);
	EXPECT_EQ(std::string(why.line().data(), why.line().size()),
		  "monitoring_attrs/nr_regions: min 2 is below 3");
	EXPECT(c->running());

	// Another resolution keeps what was found.
	inputs good = wanted();
	good.attrs.sample_us = 2'500;
	good.attrs.aggr_us = 100'000;
	report none;
	EXPECT_OK(c->commit(move(good), none));
	auto tried = c->collect_tried(context::detail::regions);
	ASSERT_OK(tried);
	EXPECT_GE(judge(move(tried).take(), hot_ranges(32, 160)).recall, 0.9);
}

TEST_F(running_context, commit_same_inputs_changes_nothing)
{
	own<context> c = started(wanted());
	report why;

	host::run_for(2000 * ms);
	for (int i = 0; i < 100; i++) {
		EXPECT_OK(c->commit(wanted(), why));
		host::run_for(31 * ms);
	}
	auto tried = c->collect_tried(context::detail::regions);
	ASSERT_OK(tried);
	const tried_regions regions = move(tried).take();
	u32 oldest = 0;
	for (const tried_region &r : regions[0].regions)
		oldest = max(oldest, r.age);
	EXPECT_GE(oldest, 25u);	// of about 50 aggregations
}

TEST_F(running_context, commit_other_process_starts_with_new_regions)
{
	own<context> c = started(wanted());
	report why;

	host::add_process(43, {{base, base + 8 * mib}});
	host::run_for(2000 * ms);
	EXPECT_OK(c->commit(wanted(43), why));
	EXPECT_EQ(host::held_pids(), 1u);
	EXPECT_EQ(monitored_bytes(*c), 8 * mib);
}

TEST_F(running_context, initial_regions_are_kept_by_fvaddr_only)
{
	for (const operations_id id : {operations_id::fvaddr, operations_id::vaddr}) {
		inputs in = wanted();

		in.operations = id;
		in.attrs.update_us = 1'000'000;
		ASSERT_OK(in.targets[0].ranges.try_push({base + mib, base + 2 * mib}));
		own<context> c = started(move(in));
		EXPECT_EQ(monitored_bytes(*c), mib);
		host::run_for(2000 * ms);
		EXPECT_EQ(monitored_bytes(*c),
			  id == operations_id::fvaddr ? mib : 258 * mib);
	}
}

TEST_F(running_context, update_interval_follows_mappings)
{
	inputs in = wanted();

	in.attrs.update_us = 500'000;
	own<context> c = started(move(in));
	host::run_for(1000 * ms);
	host::map(pid, {base + 256 * mib, base + 512 * mib});
	host::run_for(1000 * ms);
	EXPECT_EQ(monitored_bytes(*c), 514 * mib);
}

// Without waiting for the update interval, which is a minute here.
TEST_F(running_context, changed_mappings_are_followed_before_update_interval)
{
	own<context> c = started(wanted());

	host::run_for(1000 * ms);
	host::map(pid, {base + 256 * mib, base + 512 * mib});
	host::run_for(300 * ms);
	EXPECT_EQ(monitored_bytes(*c), 514 * mib);
}

// The more mappings there are, the more rarely they are looked at.
TEST_F(running_context, changes_among_many_mappings_are_checked_rarely)
{
	constexpr u64 gap = 64 << 10;
	constexpr u32 mappings = 10'000;

	for (u32 i = 0; i < mappings; i++)
		host::map(pid, {2 * base + i * gap, 2 * base + i * gap + page_bytes});
	own<context> c = started(wanted());
	host::run_for(1000 * ms);
	const u64 before = host::counts().mapped_calls;
	for (u32 i = 0; i < 100; i++) {
		host::map(pid, {base - (i + 1) * page_bytes, base - i * page_bytes});
		host::run_for(100 * ms);
	}
	EXPECT_LE(host::counts().mapped_calls - before, u64{mappings} / 24 + 2);
}

// Addresses that nothing is mapped at take no region and no sample.
TEST_F(running_context, unmapped_holes_get_no_region)
{
	constexpr u64 tib = u64{1} << 40;

	for (u64 i = 1; i <= 20; i++)
		host::map(pid, {base + i * tib, base + i * tib + mib});
	own<context> c = started(wanted());
	host::run_for(1000 * ms);
	EXPECT_EQ(monitored_bytes(*c), (258 + 20) * mib);
}

// Ranges that the user gave stay until the update, whatever is mapped meanwhile.
TEST_F(running_context, initial_ranges_stay_until_update_interval)
{
	inputs in = wanted();

	in.attrs.update_us = 10'000'000;
	ASSERT_OK(in.targets[0].ranges.try_push({base + mib, base + 2 * mib}));
	own<context> c = started(move(in));
	host::run_for(1000 * ms);
	host::map(pid, {base + 256 * mib, base + 512 * mib});
	host::run_for(1000 * ms);
	EXPECT_EQ(monitored_bytes(*c), mib);
}

TEST_F(running_context, scheme_is_tried_on_its_access_pattern_only)
{
	inputs in = wanted();
	scheme_inputs hot;

	hot.pattern = {{0, u64_max}, {15, 20}, {5, u32_max}};
	ASSERT_OK(in.schemes.try_push(move(hot)));
	own<context> c = started(move(in));
	host::run_for(5000 * ms);
	auto tried = c->collect_tried(context::detail::regions);
	ASSERT_OK(tried);
	const tried_regions regions = move(tried).take();
	EXPECT_EQ(regions[0].total_bytes, 258 * mib);
	EXPECT_NEAR(static_cast<double>(regions[1].total_bytes), 40.0 * mib, 4.0 * mib);
	for (const tried_region &r : regions[1].regions)
		EXPECT(r.nr_accesses >= 15 && r.age >= 5);

	auto stats = c->read_stats();
	ASSERT_OK(stats);
	const vec<scheme_stats> counted = move(stats).take();
	EXPECT_NEAR(static_cast<double>(counted[0].nr_snapshots), 50, 2);
	EXPECT_EQ(counted[0].sz_tried, counted[0].nr_snapshots * 258 * mib);
	EXPECT_LT(counted[1].sz_tried, counted[0].sz_tried);
	EXPECT_EQ(counted[0].nr_applied, 0u);
}

TEST_F(running_context, max_nr_snapshots_stops_a_scheme)
{
	inputs in = wanted();

	in.schemes[0].max_nr_snapshots = 3;
	own<context> c = started(move(in));
	host::run_for(2000 * ms);
	auto stats = c->read_stats();
	ASSERT_OK(stats);
	EXPECT_EQ(move(stats).take()[0].nr_snapshots, 3u);
	auto tried = c->collect_tried(context::detail::regions);
	ASSERT_OK(tried);
	EXPECT(move(tried).take()[0].regions.empty());
}

TEST_F(running_context, walk_during_walk_fails_ebusy_and_stop_cancels)
{
	inputs in = wanted();

	in.schemes[0].apply_interval_us = 3'600'000'000;
	own<context> c = started(move(in));
	status first;
	host::thread waiter{"waiter", [&] {
		first = c->collect_tried(context::detail::regions).error();
	}};
	host::run_for(200 * ms);
	EXPECT_ERROR(c->collect_tried(context::detail::regions), errc::busy);
	c->stop();
	waiter.join();
	EXPECT(first.is(errc::canceled));
}

TEST_F(running_context, walk_interrupted_by_signal_fails_eintr)
{
	inputs in = wanted();

	in.schemes[0].apply_interval_us = 3'600'000'000;
	own<context> c = started(move(in));
	status outcome;
	host::thread waiter{"waiter", [&] {
		outcome = c->collect_tried(context::detail::regions).error();
	}};
	host::run_for(200 * ms);
	waiter.signal();
	host::run_for(200 * ms);
	waiter.join();
	EXPECT(outcome.is(errc::intr));
	EXPECT_OK(c->read_stats());
}

TEST_F(running_context, walk_without_schemes_fails_ecanceled)
{
	inputs in = wanted();

	in.schemes.clear();
	own<context> c = started(move(in));
	EXPECT_ERROR(c->collect_tried(context::detail::regions), errc::canceled);
}

TEST_F(running_context, failing_allocation_returns_enomem_and_leaks_nothing)
{
	const u64 start_failures = host::for_each_failing_allocation([] {
		report why;
		auto in = try_wanted(pid);
		if (!in.is_ok())
			return;
		auto made = context::make(move(in).take(), why);
		if (!made.is_ok()) {
			EXPECT(made.error().is(errc::nomem));
			return;
		}
		own<context> c = move(made).take();
		const status s = c->start("kdamond.0");
		if (!s.is_ok())
			EXPECT(s.is(errc::nomem));
	});
	EXPECT_GE(start_failures, 4u);

	own<context> c = started(wanted());
	host::run_for(500 * ms);
	const u64 commit_failures = host::for_each_failing_allocation([&] {
		report why;
		auto made = try_wanted(pid);
		if (!made.is_ok())
			return;
		inputs in = move(made).take();
		in.attrs.max_nr_regions += 100;
		const status s = c->commit(move(in), why);
		if (!s.is_ok())
			EXPECT(s.is(errc::nomem));
		EXPECT(c->running());
	});
	EXPECT_GE(commit_failures, 2u);
	EXPECT_GE(host::for_each_failing_allocation([&] {
		auto tried = c->collect_tried(context::detail::regions);
		if (!tried.is_ok())
			EXPECT(tried.error().is(errc::nomem));
	}), 2u);
	EXPECT_EQ(host::held_pids(), 1u);
}

TEST_F(running_context, ranges_out_of_order_are_refused)
{
	const struct {
		addr_range ranges[2];
		const char *line;
	} cases[] = {
		{{{8192, 8192}, {0, 0}}, "targets/0/regions/0/end: 8192 is not above start 8192"},
		{{{8192, 4096}, {0, 0}}, "targets/0/regions/0/end: 4096 is not above start 8192"},
		{{{8192, 12288}, {4096, 8192}},
		 "targets/0/regions/1/start: 4096 lies before the end of the region before it"},
		{{{8192, 8200}, {8300, 12288}},
		 "targets/0/regions/1/start: 8300 lies before the end of the region before it"},
	};

	for (const auto &c : cases) {
		inputs in = wanted();
		report why;

		for (const addr_range &r : c.ranges)
			if (r.end)
				ASSERT_OK(in.targets[0].ranges.try_push(r));
		EXPECT_ERROR(context::make(move(in), why), errc::inval);
		const std::string line(why.line().data(), why.line().size());
		EXPECT_EQ(line.substr(0, std::string(c.line).size()), c.line);
	}
}

TEST_F(running_context, invalid_inputs_are_refused_with_place)
{
	const auto complaint = [](inputs in) {
		report why;
		EXPECT_ERROR(context::make(move(in), why), errc::inval);
		return std::string(why.line().data(), why.line().size());
	};

	inputs in = wanted();
	in.operations = operations_id::paddr;
	host::set_feature(KAPI_FEATURE_PADDR, false);
	EXPECT_EQ(complaint(move(in)), "operations: paddr is not available on this kernel");
	host::set_feature(KAPI_FEATURE_PADDR, true);
	in = wanted();
	in.operations = operations_id::paddr;
	EXPECT_OK(in.targets.try_push({}));
	EXPECT_EQ(complaint(move(in)), "targets: several paddr targets need regions each");
	in = wanted();
	in.operations = operations_id::paddr;
	in.targets[0].ranges.clear();
	EXPECT_OK(in.targets[0].ranges.try_push({0, 1 << 20}));
	EXPECT_OK(in.targets.try_push({}));
	EXPECT_EQ(complaint(move(in)), "targets: several paddr targets need regions each");
	// Where each has ranges of its own, there may be any number.
	in = wanted();
	in.operations = operations_id::paddr;
	EXPECT_OK(in.targets.try_push({}));
	for (target_inputs &target : in.targets) {
		const u64 start = (&target - &in.targets[0]) * (u64{1} << 20);
		target.ranges.clear();
		EXPECT_OK(target.ranges.try_push({start, start + (1 << 20)}));
	}
	report fine;
	EXPECT_OK(context::make(move(in), fine));
	EXPECT_EQ(complaint(wanted(99)), "targets/0/pid_target: no process 99");
	in = wanted();
	in.targets.clear();
	EXPECT_EQ(complaint(move(in)), "targets: there is none to monitor");
	host::set_feature(KAPI_FEATURE_VADDR, false);
	EXPECT_EQ(complaint(wanted()), "operations: vaddr is not available on this kernel");
	host::set_feature(KAPI_FEATURE_VADDR, true);
}

TEST_F(running_context, paused_context_samples_nothing_and_keeps_regions)
{
	own<context> c = started(wanted());
	report why;
	host::run_for(1000 * ms);
	const auto before = c->collect_tried(context::detail::regions);
	ASSERT_OK(before);

	inputs in = wanted();
	in.paused = true;
	ASSERT_OK(c->commit(move(in), why));
	host::run_for(50 * ms);
	const u64 cleared = host::counts().prepared_checks;
	const u64 rounds = c->read_stats().take()[0].nr_snapshots;
	host::run_for(5000 * ms);
	EXPECT_EQ(host::counts().prepared_checks, cleared);
	EXPECT_EQ(c->read_stats().take()[0].nr_snapshots, rounds);
	EXPECT_TRUE(c->running());
	EXPECT_ERROR(c->collect_tried(context::detail::regions), errc::canceled);

	ASSERT_OK(c->commit(wanted(), why));
	host::run_for(300 * ms);
	EXPECT_GT(host::counts().prepared_checks, cleared);
	EXPECT_GT(c->read_stats().take()[0].nr_snapshots, rounds);
	EXPECT_OK(c->collect_tried(context::detail::regions));
}

TEST_F(running_context, pause_cancels_pending_walk)
{
	own<context> c = started(wanted());
	inputs slow = wanted();
	report why;
	status outcome;

	slow.schemes[0].apply_interval_us = 60'000'000;
	ASSERT_OK(c->commit(move(slow), why));
	host::thread waiter("waiter", [&] {
		outcome = c->collect_tried(context::detail::regions).error();
	});
	host::run_for(100 * ms);
	inputs in = wanted();
	in.paused = true;
	ASSERT_OK(c->commit(move(in), why));
	waiter.join();
	EXPECT_TRUE(outcome.is(errc::canceled));
}

TEST_F(running_context, obsolete_target_goes_and_others_keep_regions)
{
	host::add_process(43, {{base, base + 64 * mib}});
	host::set_hot(43, {{base, base + 32 * mib}});
	const auto both = [] {
		inputs in = wanted();
		inputs other = wanted(43);
		EXPECT_OK(in.targets.try_push(move(other.targets[0])));
		return in;
	};
	own<context> c = started(both());
	report why;
	host::run_for(3000 * ms);

	inputs in = both();
	in.targets[0].obsolete = true;
	in.targets[0].pid = {}; // it may be gone already
	ASSERT_OK(c->commit(move(in), why));
	auto tried = c->collect_tried(context::detail::regions);
	ASSERT_OK(tried);
	u64 bytes = 0, hot = 0;
	const tried_regions found = move(tried).take();
	for (const tried_region &r : found[0].regions) {
		bytes += r.range.size();
		hot += r.nr_accesses >= 15 ? r.range.size() : 0;
	}
	EXPECT_EQ(bytes, 64 * mib);
	EXPECT_GT(hot, 30 * mib); // known from before

	in = both();
	in.targets[1].obsolete = true;
	EXPECT_ERROR(c->commit(move(in), why), errc::inval);
	EXPECT_EQ(std::string(why.line().data(), why.line().size()),
		  "targets/1/obsolete_target: there is no such target to remove");
}

TEST_F(running_context, commit_of_only_obsolete_targets_is_refused)
{
	own<context> c = started(wanted());
	inputs in = wanted();
	report why;

	in.targets[0].obsolete = true;
	EXPECT_ERROR(c->commit(move(in), why), errc::inval);
	EXPECT_EQ(std::string(why.line().data(), why.line().size()),
		  "targets: none would be left to monitor");
	EXPECT_TRUE(c->running());
}

TEST_F(running_context, tuned_intervals_rescale_regions)
{
	inputs in = wanted();
	report why;

	in.attrs.goal = {.access_bp = 400, .aggrs = 3, .min_sample_us = 5'000, .max_sample_us = 80'000};
	// Two of 257 MiB are always hot: 78 bp, too little for any interval.
	host::set_hot(pid, {{base, base + 2 * mib}});
	own<context> c = started(move(in));
	host::run_for(1000 * ms);
	EXPECT_GT(c->read_attrs().take().sample_us, 5'000u);
	host::run_for(20'000 * ms);
	const monitoring_attrs tuned = c->read_attrs().take();
	EXPECT_EQ(tuned.sample_us, 80'000u);
	EXPECT_EQ(tuned.aggr_us, 1'600'000u);

	// All of it: as often as allowed.
	host::set_hot(pid, {{base, base + 256 * mib}});
	host::run_for(60'000 * ms);
	EXPECT_EQ(c->read_attrs().take().sample_us, 5'000u);
	auto tried = c->collect_tried(context::detail::regions);
	ASSERT_OK(tried);
	const tried_regions last = move(tried).take();
	for (const tried_region &r : last[0].regions)
		EXPECT_LE(r.nr_accesses, 20u);
}

TEST_F(running_context, tuned_intervals_do_not_delay_update)
{
	inputs in = wanted();

	in.attrs.update_us = 1'000'000;
	in.attrs.goal = {.access_bp = 400, .aggrs = 1, .min_sample_us = 5'000, .max_sample_us = 6'000};
	own<context> c = started(move(in));
	const u64 before = host::counts().mapped_calls;
	host::run_for(10'000 * ms);
	EXPECT_GE(host::counts().mapped_calls, before + 8);
}
