// SPDX-License-Identifier: GPL-2.0
// What schemes do to memory, and within which limits, judged by the memory.
#include "core/kdamond/context.hh"
#include "schemes/goal_metric.hh"
#include "kunit/test.hh"
#include "selftests/host/host.hh"

#include <gtest/gtest.h>

using namespace damon;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;
constexpr u64 pages_per_mib = mib / page_bytes;
constexpr u64 base = 256 * mib;
constexpr int pid = 42;

class schemes : public testing::Test {
protected:
	void SetUp() override
	{
		host::use_virtual_clock();
		host::seed(7);
	}

	static scheme_inputs all(action what)
	{
		scheme_inputs s;

		s.action = what;
		s.pattern = {{0, u64_max}, {0, u32_max}, {0, u32_max}};
		return s;
	}

	inputs wanted(operations_id id)
	{
		inputs in;
		target_inputs t;

		in.operations = id;
		if (id != operations_id::paddr)
			t.pid = pid_ref{kapi_pid_get(pid)};
		EXPECT_OK(in.targets.try_push(move(t)));
		return in;
	}

	void start(inputs in)
	{
		report why;
		auto made = context::make(move(in), why);

		ASSERT_OK(made);
		EXPECT_TRUE(why.line().empty()) << std::string(why.line().data(), why.line().size());
		context_ = move(made).take();
		ASSERT_OK(context_->start("kdamond.0"));
	}
	void start(operations_id id, scheme_inputs s)
	{
		inputs in = wanted(id);

		ASSERT_OK(in.schemes.try_push(move(s)));
		start(move(in));
	}

	scheme_stats stats(u32 scheme = 0)
	{
		auto read = context_->read_stats();

		EXPECT_OK(read);
		return move(read).take()[scheme];
	}

	own<context> context_;
};

// All RAM between base and so many bytes above.
kapi_range ram_of(u64 bytes)
{
	host::add_process(host::ram, {{base, base + bytes}});
	return {base, base + bytes};
}

goal node_goal(goal_metric metric, s32 nid, u64 target_bp,
	       goal_direction direction = goal_direction::raise)
{
	goal g;

	g.metric = metric;
	g.nid = nid;
	g.target_value = target_bp;
	g.direction = direction;
	return g;
}

filter make_filter(filter_type type, bool matching, bool allow)
{
	filter f;

	f.type = type;
	f.matching = matching;
	f.allow = allow;
	return f;
}

} // namespace

TEST_F(schemes, pageout_by_pattern_takes_cold_and_leaves_hot_memory)
{
	const kapi_range memory = ram_of(256 * mib);
	const kapi_range hot{base + 64 * mib, base + 96 * mib};
	scheme_inputs s = all(action::pageout);

	host::set_hot(host::ram, {hot});
	s.pattern.nr_accesses = {0, 0};
	s.pattern.age = {5, u32_max};
	start(operations_id::paddr, move(s));
	host::run_for(10'000 * ms);
	EXPECT_GE(host::count_pages_in(host::ram, hot).in_memory, 32 * pages_per_mib * 99 / 100);
	EXPECT_LE(host::count_pages_in(host::ram, memory).in_memory, 40 * pages_per_mib);
	const scheme_stats told = stats();
	EXPECT_EQ(told.sz_applied, (256 * pages_per_mib -
				    host::count_pages_in(host::ram, memory).in_memory) * page_bytes);
	EXPECT_GE(told.sz_tried, told.sz_applied);
}

TEST_F(schemes, pageout_of_vaddr_reclaims_memory_of_process)
{
	const kapi_range heap{base, base + 64 * mib};

	host::add_process(pid, {heap});
	start(operations_id::vaddr, all(action::pageout));
	host::run_for(500 * ms);
	EXPECT_EQ(host::count_pages_in(pid, heap).in_memory, 0u);
	EXPECT_EQ(host::held_mms(), 0u);
}

TEST_F(schemes, action_unsupported_is_tried_without_effect)
{
	const kapi_range memory = ram_of(64 * mib);
	inputs in = wanted(operations_id::paddr);
	report why;

	ASSERT_OK(in.schemes.try_push(all(action::collapse)));
	auto made = context::make(move(in), why);
	ASSERT_OK(made);
	context_ = move(made).take();
	ASSERT_OK(context_->start("kdamond.0"));
	host::run_for(500 * ms);
	EXPECT_EQ(host::counts().apply_calls, 0u);
	EXPECT_GT(stats().nr_tried, 0u);
	EXPECT_EQ(stats().nr_applied, 0u);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory, 64 * pages_per_mib);
}

// The issue's own number: over 100 windows the charge is within one region of the limit.
TEST_F(schemes, quota_bytes_are_used_and_never_exceeded)
{
	const kapi_range memory = ram_of(1024 * mib);
	scheme_inputs s = all(action::pageout);

	s.quota.bytes = 5 * mib + 12'345;
	s.quota.reset_interval_ms = 100;
	start(operations_id::paddr, move(s));
	u64 before = 1024 * pages_per_mib;
	host::run_for(50 * ms);
	for (int window = 0; window < 100; window++) {
		host::run_for(100 * ms);
		const u64 now = host::count_pages_in(host::ram, memory).in_memory;
		EXPECT_LE((before - now) * page_bytes, 5 * mib + 12'345);
		before = now;
	}
	const u64 gone = (1024 * pages_per_mib - before) * page_bytes;
	EXPECT_LE(gone, 100 * (5 * mib + 12'345));
	// A page is what may be left in each window.
	EXPECT_GE(gone, 99 * (5 * mib + 12'345 - page_bytes));
	EXPECT_GE(stats().qt_exceeds, 98u);
	EXPECT_EQ(stats().effective_bytes, 5 * mib + 12'345);
}

// Twenty windows of a twentieth each: everything has had its turn, once.
TEST_F(schemes, quota_resumes_where_last_window_ended)
{
	const kapi_range memory = ram_of(200 * mib);
	scheme_inputs s = all(action::lru_deprio);

	host::set_active(host::ram, memory);
	s.quota.bytes = 10 * mib;
	s.quota.reset_interval_ms = 100;
	start(operations_id::paddr, move(s));
	host::run_for(2'050 * ms);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).active, 0u);
	EXPECT_EQ(stats().sz_tried, 200 * mib);
}

// Two schemes with one pool use one budget between them, a third one has its own; and all of them go on where they were,
// whoever used up the rest.  One without limits has no share in the pool.
TEST_F(schemes, quota_pool_is_shared_by_its_schemes)
{
	// No region is larger than 20 MiB: each of the two has several in a window.
	const u64 size = 200 * mib, budget = 50 * mib;
	const u64 aggregations = 2 * size / budget + 4;
	const kapi_range memory = ram_of(size);
	inputs in = wanted(operations_id::paddr);

	for (const action what : {action::lru_deprio, action::pageout, action::stat}) {
		scheme_inputs s = all(what);

		s.quota.bytes = budget;
		s.quota.reset_interval_ms = 100;
		s.quota.pool = what == action::stat ? 0 : 5;
		ASSERT_OK(in.schemes.try_push(move(s)));
	}
	scheme_inputs unlimited = all(action::stat);
	unlimited.quota.pool = 5;
	ASSERT_OK(in.schemes.try_push(move(unlimited)));
	start(move(in));
	host::run_for(50 * ms);
	for (u64 begun = 2; begun <= aggregations; begun++) {
		host::run_for(100 * ms);
		EXPECT_LE(stats(0).sz_tried + stats(1).sz_tried, begun * budget);
	}
	EXPECT_GE(stats(0).sz_tried, size);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory, 0u);
	EXPECT_GE(stats(2).sz_tried, (aggregations - 1) * budget);
	for (const u32 scheme : {0u, 1u, 2u})
		EXPECT_GE(stats(scheme).qt_exceeds, aggregations - 2);
	EXPECT_GE(stats(3).sz_tried, (aggregations - 1) * size);
	EXPECT_EQ(stats(3).qt_exceeds, 0u);
}

// What is asked for in part makes no huge page: quotas cut between them.
TEST_F(schemes, quota_of_huge_pages_is_cut_between_them)
{
	host::add_process(pid, {{base, base + 42 * mib}});
	const u64 block = kapi_huge_page_bytes();
	inputs in = wanted(operations_id::vaddr);
	scheme_inputs s = all(action::collapse);
	u64 whole_blocks = 0;

	host::set_action_script([&](kapi_action_request &request) {
		const u64 first = align_up(request.start, block);
		const u64 last = align_down(request.end, block);
		whole_blocks += first < last ? (last - first) / block : 0;
		request.applied_bytes += request.end - request.start;
		request.start = request.end;
	});
	in.attrs.min_nr_regions = in.attrs.max_nr_regions = 3;
	s.quota.bytes = 5 * mib;
	s.quota.reset_interval_ms = 100;
	ASSERT_OK(in.schemes.try_push(move(s)));
	start(move(in));
	while (stats().nr_snapshots == 0)
		host::run_for(10 * ms);
	EXPECT_EQ(whole_blocks, 42 * mib / block);
	EXPECT_EQ(stats().sz_tried, 42 * mib);
	EXPECT_GE(stats().qt_exceeds, 10u);
}

TEST_F(schemes, quota_prefers_coldest_memory)
{
	ram_of(400 * mib);
	const kapi_range warm{base, base + 200 * mib};
	const kapi_range cold{base + 200 * mib, base + 400 * mib};
	scheme_inputs s = all(action::pageout);

	host::set_hot(host::ram, {warm}, 500);
	s.quota.bytes = 10 * mib;
	s.quota.reset_interval_ms = 1'000;
	s.quota.weights = {0, 1, 1};
	s.apply_interval_us = 1'000'000;
	start(operations_id::paddr, move(s));
	host::run_for(12'500 * ms);
	const u64 cold_gone = 200 * pages_per_mib - host::count_pages_in(host::ram, cold).in_memory;
	const u64 warm_gone = 200 * pages_per_mib - host::count_pages_in(host::ram, warm).in_memory;
	EXPECT_GE(cold_gone, 90 * pages_per_mib);
	EXPECT_LE(warm_gone, 5 * pages_per_mib);
}

TEST_F(schemes, quota_time_holds_from_first_window)
{
	ram_of(1024 * mib);
	scheme_inputs s = all(action::pageout);

	s.quota.ms = 10;
	s.quota.reset_interval_ms = 100;
	host::set_action_cost_ns(10'000);	// 1000 pages in 10 ms
	host::set_action_part_bytes(16 * page_bytes);
	start(operations_id::paddr, move(s));
	host::run_for(10'050 * ms);
	const u64 done = stats().sz_applied / page_bytes;
	EXPECT_LE(done, 100u * 1'000 + 100u * 16);
	EXPECT_GE(done, 80u * 1'000);
}

TEST_F(schemes, quota_charges_failures_by_ratio)
{
	const kapi_range memory = ram_of(1024 * mib);
	scheme_inputs s = all(action::pageout);

	host::set_pinned(host::ram, {base, base + 512 * mib});
	s.quota.bytes = 32 * mib;
	s.quota.reset_interval_ms = 100;
	s.quota.fail_charge_num = 1;
	s.quota.fail_charge_denom = 16;
	start(operations_id::paddr, move(s));
	host::run_for(150 * ms);
	// 512 MiB in vain make 32.
	EXPECT_GE(stats().sz_tried, 400 * mib);
	EXPECT_LE(stats().sz_applied, 32 * mib);
	EXPECT_GE(host::count_pages_in(host::ram, memory).in_memory, 992 * pages_per_mib);
}

TEST_F(schemes, filter_by_address_is_exact_to_the_page)
{
	const kapi_range memory = ram_of(64 * mib);
	const kapi_range chosen{base + 10 * mib + page_bytes, base + 20 * mib + 3 * page_bytes};
	scheme_inputs s = all(action::pageout);
	filter f = make_filter(filter_type::addr, true, true);

	f.range = {chosen.start, chosen.end};
	ASSERT_OK(s.core_filters.try_push(f));
	start(operations_id::paddr, move(s));
	host::run_for(2'000 * ms);
	EXPECT_EQ(host::count_pages_in(host::ram, chosen).in_memory, 0u);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory,
		  64 * pages_per_mib - (chosen.end - chosen.start) / page_bytes);
	EXPECT_EQ(stats().sz_applied, chosen.end - chosen.start);
}

TEST_F(schemes, pageout_skips_young_pages_unless_core_filter_allows)
{
	const kapi_range memory = ram_of(64 * mib);
	const kapi_range chosen{base + 16 * mib, base + 24 * mib};
	scheme_inputs s = all(action::pageout);
	filter f = make_filter(filter_type::addr, true, true);

	host::set_hot(host::ram, {memory});
	f.range = {chosen.start, chosen.end};
	ASSERT_OK(s.core_filters.try_push(f));
	start(operations_id::paddr, move(s));
	host::run_for(500 * ms);
	EXPECT_EQ(host::count_pages_in(host::ram, chosen).in_memory, 0u);
	context_ = {};
	start(operations_id::paddr, all(action::pageout));
	host::run_for(500 * ms);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory, 56 * pages_per_mib);
	EXPECT_EQ(stats().sz_applied, 0u);
	EXPECT_EQ(stats().sz_ops_filter_passed, 0u);
}

TEST_F(schemes, stat_counts_passed_bytes_and_keeps_age)
{
	const kapi_range memory = ram_of(64 * mib);
	scheme_inputs s = all(action::stat);

	host::set_pages(host::ram, {base, base + 24 * mib}, {0, 1, 0, 0});
	ASSERT_OK(s.ops_filters.try_push(make_filter(filter_type::anon, true, false)));
	start(operations_id::paddr, move(s));
	host::run_for(1'050 * ms);
	const scheme_stats told = stats();
	EXPECT_EQ(told.sz_ops_filter_passed * 64, told.sz_tried * 24);
	auto tried = context_->collect_tried(context::detail::regions);
	ASSERT_OK(tried);
	const tried_regions found = move(tried).take();
	u64 passed = 0;
	for (const tried_region &r : found[0].regions) {
		passed += r.sz_filter_passed;
		EXPECT_GE(r.age, 9u);
	}
	EXPECT_EQ(passed, 24 * mib);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory, 64 * pages_per_mib);
}

TEST_F(schemes, folio_in_two_regions_is_handled_once)
{
	const kapi_range memory = ram_of(64 * mib);
	scheme_inputs s = all(action::stat);

	host::set_pages(host::ram, memory, {0, 512, 1, 0});
	ASSERT_OK(s.ops_filters.try_push(make_filter(filter_type::anon, false, false)));
	start(operations_id::paddr, move(s));
	host::run_for(2'050 * ms);
	EXPECT_EQ(stats().nr_snapshots, 20u);
	EXPECT_EQ(stats().sz_ops_filter_passed, 20 * 64 * mib);
}

TEST_F(schemes, nr_snapshots_are_counted_and_limited)
{
	ram_of(64 * mib);
	scheme_inputs s = all(action::pageout);

	s.max_nr_snapshots = 3;
	start(operations_id::paddr, move(s));
	host::run_for(1'050 * ms);
	EXPECT_EQ(stats().nr_snapshots, 3u);
	EXPECT_EQ(stats().sz_tried, 3 * 64 * mib);
}

TEST_F(schemes, watermarks_activate_and_deactivate_schemes)
{
	const kapi_range memory = ram_of(64 * mib);
	scheme_inputs s = all(action::lru_deprio);

	host::add_node(0, 1000 * mib, 800 * mib);
	s.watermarks = {watermark_metric::free_mem_rate, 0, 1'000'000, 500, 400, 100};
	start(operations_id::paddr, move(s));
	host::run_for(3'000 * ms);
	EXPECT_EQ(host::counts().prepared_checks, 0u);
	EXPECT_EQ(stats().nr_tried, 0u);	// it answers
	EXPECT_ERROR(context_->collect_tried(context::detail::totals), errc::canceled);
	host::add_node(0, 1000 * mib, 450 * mib);
	host::run_for(3'000 * ms);
	EXPECT_EQ(stats().nr_tried, 0u);	// not below mid yet
	host::add_node(0, 1000 * mib, 300 * mib);
	host::run_for(3'000 * ms);
	const u64 tried = stats().nr_tried;
	EXPECT_GT(tried, 0u);
	host::add_node(0, 1000 * mib, 450 * mib);
	host::run_for(1'000 * ms);
	EXPECT_GT(stats().nr_tried, tried);	// goes on between the marks
	host::add_node(0, 1000 * mib, 50 * mib);
	host::run_for(1'000 * ms);
	const u64 probes = host::counts().prepared_checks;
	host::run_for(3'000 * ms);
	EXPECT_EQ(host::counts().prepared_checks, probes);
	EXPECT_EQ(host::counts().tested_checks, probes);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory, 64 * pages_per_mib);
}

TEST_F(schemes, deactivated_kdamond_ends_with_its_target)
{
	host::add_process(pid, {{base, base + mib}});
	scheme_inputs s = all(action::pageout);

	s.watermarks = {watermark_metric::free_mem_rate, 0, 1'000'000, 10, 5, 1};
	start(operations_id::vaddr, move(s));
	host::run_for(2'000 * ms);
	EXPECT(context_->running());
	host::end_process(pid);
	host::run_for(2'000 * ms);
	EXPECT(!context_->running());
}

// An action that takes 10 s in all does not let others wait for that.
TEST_F(schemes, apply_long_serves_requests)
{
	const kapi_range memory = ram_of(1024 * mib);

	host::set_action_cost_ns(40'000);
	host::preempt(1);
	start(operations_id::paddr, all(action::pageout));
	u64 worst_ns = 0;
	u64 asked = 0;
	for (u64 done = 0; !done && asked < 20'000; asked++) {
		host::spend(1 * ms);
		const u64 asked_ns = kapi_now_ns();
		done = stats().nr_snapshots;
		worst_ns = max(worst_ns, kapi_now_ns() - asked_ns);
	}
	// A part takes 10 ms, and who asks loses the processor to one at each lock.
	EXPECT_LE(worst_ns, 400 * ms);
	EXPECT_GE(asked, 150u);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory, 0u);
	// Nothing was tried twice in that round.
	EXPECT_EQ(stats().sz_applied, 1024 * mib);
}

TEST_F(schemes, apply_long_resumes_in_its_target)
{
	const u64 each = 64 * mib;
	target_inputs second;
	inputs in;

	host::add_process(pid, {{base, base + each}});
	host::add_process(pid + 1, {{base, base + each}});
	in = wanted(operations_id::vaddr);
	second.pid = pid_ref{kapi_pid_get(pid + 1)};
	ASSERT_OK(in.targets.try_push(move(second)));
	ASSERT_OK(in.schemes.try_push(all(action::cold)));
	in.schemes[0].apply_interval_us = 100'000;
	in.schemes[0].max_nr_snapshots = 1;
	host::set_action_cost_ns(40'000);
	host::preempt(1);
	start(move(in));
	for (int i = 0; i < 2'000 && !stats().nr_snapshots; i++)
		host::spend(1 * ms);
	EXPECT_EQ(stats().nr_snapshots, 1u);
	EXPECT_EQ(stats().sz_tried, 2 * each);
}

TEST_F(schemes, apply_long_ends_when_kdamond_stops)
{
	ram_of(1024 * mib);
	host::set_action_cost_ns(40'000);
	host::preempt(1);
	start(operations_id::paddr, all(action::pageout));
	while (!stats().nr_tried)
		host::spend(1 * ms);
	const u64 asked_ns = kapi_now_ns();
	context_->stop();
	EXPECT_LE(kapi_now_ns() - asked_ns, 25 * ms);
}

TEST_F(schemes, apply_allocates_nothing)
{
	const kapi_range heap{base, base + 64 * mib};
	scheme_inputs s = all(action::pageout);
	filter f = make_filter(filter_type::addr, true, true);

	host::add_process(pid, {heap});
	host::add_node(0, 1024 * mib, 512 * mib);
	f.range = {base + page_bytes, base + 33 * mib + page_bytes};
	ASSERT_OK(s.core_filters.try_push(f));
	s.quota.bytes = mib;
	s.quota.ms = 100;
	s.quota.reset_interval_ms = 300;
	ASSERT_OK(s.quota.goals.try_push(node_goal(goal_metric::node_sys_bp, 0, 5'000,
						   goal_direction::lower)));
	start(operations_id::vaddr, move(s));
	host::run_for(50 * ms);
	const u64 before = host::counts().allocations;
	host::run_for(20'000 * ms);
	EXPECT_EQ(host::counts().allocations, before);
}

TEST_F(schemes, quota_lowered_by_commit_holds_at_once_and_keeps_stats)
{
	const kapi_range memory = ram_of(1024 * mib);
	scheme_inputs s = all(action::pageout);
	report why;

	s.quota.bytes = 16 * mib;
	s.quota.reset_interval_ms = 1'000;
	start(operations_id::paddr, move(s));
	host::run_for(150 * ms);
	const u64 gone = 1024 * pages_per_mib - host::count_pages_in(host::ram, memory).in_memory;
	EXPECT_EQ(gone, 16 * pages_per_mib);
	s = all(action::pageout);
	s.quota.bytes = mib;
	s.quota.reset_interval_ms = 1'000;
	inputs in = wanted(operations_id::paddr);
	ASSERT_OK(in.schemes.try_push(move(s)));
	ASSERT_OK(context_->commit(move(in), why));
	host::run_for(800 * ms);
	EXPECT_EQ(stats().effective_bytes, mib);
	EXPECT_EQ(1024 * pages_per_mib - host::count_pages_in(host::ram, memory).in_memory, gone);
	host::run_for(1'000 * ms);
	EXPECT_EQ(1024 * pages_per_mib - host::count_pages_in(host::ram, memory).in_memory,
		  gone + pages_per_mib);
}

namespace {

class schemes_commit : public schemes {
protected:
	// The same inputs once more.
	void commit(const scheme_inputs &s)
	{
		inputs in = wanted(operations_id::paddr);
		report why;

		ASSERT_OK(in.schemes.try_push(copy(s)));
		ASSERT_OK(context_->commit(move(in), why));
	}
	void begin(const scheme_inputs &s) { start(operations_id::paddr, copy(s)); }

private:
	static scheme_inputs copy(const scheme_inputs &s)
	{
		scheme_inputs same = all(s.action);

		same.apply_interval_us = s.apply_interval_us;
		same.watermarks = s.watermarks;
		same.quota.tuner = s.quota.tuner;
		same.quota.reset_interval_ms = s.quota.reset_interval_ms;
		for (const goal &g : s.quota.goals)
			EXPECT_OK(same.quota.goals.try_push(g));
		return same;
	}
};

} // namespace

// However often somebody commits, which does not end the interval.
TEST_F(schemes_commit, apply_interval_with_commits_meanwhile_is_kept)
{
	scheme_inputs s = all(action::lru_deprio);

	ram_of(64 * mib);
	s.apply_interval_us = 1'000'000;
	begin(s);
	host::run_for(100 * ms);
	for (int quarter = 0; quarter < 40; quarter++) {
		host::run_for(250 * ms);
		commit(s);
	}
	EXPECT_GE(stats().nr_snapshots, 9u); // each commit may begin a sample anew
	EXPECT_LE(stats().nr_snapshots, 10u);
}

// Between the marks a scheme stays as it is: a new one would be active.
TEST_F(schemes_commit, scheme_deactivated_between_marks_stays_deactivated)
{
	scheme_inputs s = all(action::lru_deprio);

	ram_of(64 * mib);
	host::add_node(0, 1000 * mib, 800 * mib);
	s.watermarks = {watermark_metric::free_mem_rate, 0, 1'000'000, 500, 400, 100};
	begin(s);
	host::run_for(3'000 * ms);
	host::add_node(0, 1000 * mib, 450 * mib);
	commit(s);
	host::run_for(3'000 * ms);
	EXPECT_EQ(stats().nr_tried, 0u);
	host::add_node(0, 1000 * mib, 300 * mib);
	host::run_for(3'000 * ms);
	EXPECT_GT(stats().nr_tried, 0u);
}

// consist doubles from one byte on, in each window: a commit does not send it back there.
TEST_F(schemes_commit, tuner_that_has_grown_goes_on_from_there)
{
	scheme_inputs s = all(action::lru_deprio);
	goal g;

	ram_of(64 * mib);
	g.target_value = 100;
	s.quota.reset_interval_ms = 100;
	ASSERT_OK(s.quota.goals.try_push(g));
	begin(s);
	host::run_for(1'050 * ms);
	const u64 grown = stats().effective_bytes;
	EXPECT_GE(grown, 512u);
	commit(s);
	host::run_for(200 * ms);
	EXPECT_EQ(stats().effective_bytes, 4 * grown);
}

TEST_F(schemes, quota_effective_bytes_are_traced)
{
	ram_of(64 * mib);
	scheme_inputs s = all(action::pageout);

	host::listen(KAPI_TRACE_ESZ);
	s.quota.bytes = mib;
	s.quota.reset_interval_ms = 200;
	start(operations_id::paddr, move(s));
	host::run_for(1'050 * ms);
	const auto told = host::traced(KAPI_TRACE_ESZ);
	EXPECT_EQ(told.size(), 5u);
	for (const host::trace_event &event : told)
		EXPECT_EQ(event.effective_size, mib);
}

namespace {

// Two nodes, each with 128 MiB in use and 128 MiB free.
class node_goals : public schemes {
protected:
	static constexpr u64 node_pages = 128 * pages_per_mib;

	void SetUp() override
	{
		schemes::SetUp();
		host::add_process(host::ram, {{base, base + 256 * mib}});
		host::set_pages(host::ram, {base + 128 * mib, base + 256 * mib}, {0, 1, 1, 1});
		host::add_node(0, 256 * mib, 128 * mib);
		host::add_node(1, 256 * mib, 128 * mib);
	}
	u64 pages_on(int nid)
	{
		return host::count_pages_in(host::ram, {base, base + 256 * mib}).on_node[nid];
	}
	scheme_inputs migration(s32 to, goal g, goal_tuner tuner)
	{
		scheme_inputs s = all(action::migrate_cold);

		s.target_nid = to;
		s.quota.reset_interval_ms = 100;
		s.quota.tuner = tuner;
		EXPECT_OK(s.quota.goals.try_push(g));
		return s;
	}
	// Settles within 100 bp of so many pages on node 1, and stays.
	void must_settle(u64 pages)
	{
		const u64 tolerance = 2 * node_pages / 100;

		host::run_for(30'000 * ms);
		EXPECT_LE(distance(pages_on(1), pages), tolerance);
		const u64 settled = pages_on(1);
		const u64 tried = stats().sz_applied;
		for (int i = 0; i < 12; i++) {
			host::run_for(5'000 * ms);
			EXPECT_LE(distance(pages_on(1), settled), tolerance);
		}
		EXPECT_LE(stats().sz_applied - tried, 128 * mib / 100);
	}
};

} // namespace

TEST_F(node_goals, share_too_low_is_raised_and_stays)
{
	for (const goal_tuner tuner :
	     {goal_tuner::consist, goal_tuner::temporal, goal_tuner::proportional}) {
		SCOPED_TRACE(goal_tuner_names[static_cast<u32>(tuner)]);
		start(operations_id::paddr,
		      migration(1, node_goal(goal_metric::node_sys_bp, 1, 7'000), tuner));
		must_settle(2 * node_pages * 7 / 10);
		context_ = {};
		host::reset();
		SetUp();
	}
}

TEST_F(node_goals, share_too_high_is_lowered_and_stays)
{
	start(operations_id::paddr,
	      migration(0, node_goal(goal_metric::node_sys_bp, 1, 3'500, goal_direction::lower),
			goal_tuner::temporal));
	must_settle(2 * node_pages * 35 / 100);
}

TEST_F(node_goals, share_beyond_room_is_bounded)
{
	host::add_node(1, 160 * mib, 32 * mib);
	start(operations_id::paddr, migration(1, node_goal(goal_metric::node_sys_bp, 1, 9'000),
					      goal_tuner::temporal));
	must_settle(160 * pages_per_mib);
	EXPECT_EQ(stats().effective_bytes / mib, 0u);
}

TEST_F(node_goals, share_of_eligible_memory_is_reached)
{
	start(operations_id::paddr,
	      migration(1, node_goal(goal_metric::node_eligible_mem_bp, 1, 8'000),
			goal_tuner::proportional));
	must_settle(2 * node_pages * 8 / 10);
}

// What the whole node lacks is all that moves, although temporal allows everything until then.
TEST_F(node_goals, temporal_goal_about_used_memory_is_not_overshot)
{
	start(operations_id::paddr, migration(1, node_goal(goal_metric::node_mem_used_bp, 1, 7'000),
					      goal_tuner::temporal));
	must_settle(2 * node_pages * 7 / 10);
}

TEST_F(node_goals, goal_of_gone_node_allows_nothing)
{
	for (const goal_direction direction : {goal_direction::raise, goal_direction::lower})
		for (const goal_tuner tuner :
		     {goal_tuner::consist, goal_tuner::temporal, goal_tuner::proportional}) {
			const goal about = node_goal(goal_metric::node_sys_bp, 1, 6'000, direction);

			SCOPED_TRACE(goal_tuner_names[static_cast<u32>(tuner)]);
			start(operations_id::paddr, migration(0, about, tuner));
			host::remove_node(1);
			host::run_for(1'000 * ms);
			EXPECT_EQ(stats().effective_bytes, 0u);
			EXPECT_EQ(stats().sz_applied, 0u);
			context_ = {};
			host::reset();
			SetUp();
		}
}

TEST_F(node_goals, evaluation_samples_few_pages)
{
	start(operations_id::paddr, migration(1, node_goal(goal_metric::node_sys_bp, 1, 5'000),
					      goal_tuner::temporal));
	host::run_for(150 * ms);
	const u64 before = host::counts().described_pages;
	host::run_for(1'000 * ms);
	EXPECT_LE(host::counts().described_pages - before, 10u * 4'097);
	EXPECT_GE(host::counts().described_pages - before, 10u * 4'000);
}

namespace {

u64 value(goal_metric metric, s32 nid = 0, u64 memcg = 0)
{
	psi_baseline baseline;
	goal g = node_goal(metric, nid, 5'000);

	g.memcg = memcg;
	return measure(g, baseline);
}

} // namespace

TEST_F(schemes, goal_metrics_tell_what_memory_is_used_for)
{
	using enum goal_metric;

	host::add_node(0, 1000 * mib, 250 * mib);
	host::add_node(1, 0, 0);
	host::set_memcg_on_node(7, 0, 100 * mib);
	host::set_memcg_on_node(8, 0, 2000 * mib);	// more than the node
	EXPECT_EQ(value(node_mem_used_bp), 7'500u);
	EXPECT_EQ(value(node_mem_free_bp), 2'500u);
	EXPECT_EQ(value(node_memcg_used_bp, 0, 7), 1'000u);
	EXPECT_EQ(value(node_memcg_free_bp, 0, 7), 9'000u);
	EXPECT_EQ(value(node_memcg_used_bp, 0, 8), 10'000u);
	EXPECT_EQ(value(node_memcg_free_bp, 0, 8), 0u);
	EXPECT_EQ(value(node_mem_used_bp, 1), 10'000u);	// no memory at all
	EXPECT_EQ(value(node_mem_free_bp, 1), 0u);
	EXPECT_EQ(value(active_mem_bp), 0u);
	EXPECT_EQ(value(inactive_mem_bp), 0u);
	host::set_lru_bytes(30 * mib, 10 * mib);
	EXPECT_EQ(value(active_mem_bp), 7'500u);
	EXPECT_EQ(value(inactive_mem_bp), 2'500u);
	host::set_hugepage_bytes(75 * mib);
	EXPECT_EQ(value(hugepage_mem_bp), 1'000u);
	host::add_node(0, 1000 * mib, 1000 * mib);
	EXPECT_EQ(value(hugepage_mem_bp), 10'000u);
	host::set_psi([] { return -1; });
	EXPECT_EQ(value(some_mem_psi_us), 0u);
}

// Or a scheme would go on with all that its quota allows, for ever.
TEST_F(schemes, goal_of_removed_node_or_cgroup_counts_as_reached)
{
	using enum goal_metric;

	host::add_node(0, 1000 * mib, 250 * mib);
	for (const goal_metric metric : {node_mem_used_bp, node_mem_free_bp, node_memcg_used_bp, node_memcg_free_bp})
		for (const goal_direction direction : {goal_direction::raise, goal_direction::lower})
			for (const u64 target : {1u, 5'000u, 9'999u}) {
				const bool of_cgroup = metric == node_memcg_used_bp || metric == node_memcg_free_bp;
				goal g = node_goal(metric, of_cgroup ? 0 : 5, target, direction);
				psi_baseline baseline;

				g.memcg = 9;
				EXPECT_GT(score_of(g, measure(g, baseline)), 10'000u)
					<< static_cast<int>(metric) << " " << target;
			}
}

TEST_F(schemes, goal_of_removed_cgroup_ends_reclaim_with_every_tuner)
{
	for (const goal_tuner tuner : {goal_tuner::consist, goal_tuner::temporal, goal_tuner::proportional}) {
		const kapi_range memory = ram_of(1024 * mib);
		scheme_inputs s = all(action::pageout);
		goal g = node_goal(goal_metric::node_memcg_used_bp, 0, 9'000);

		host::add_node(0, 1024 * mib, 512 * mib);
		host::set_memcg_on_node(7, 0, 100 * mib);
		g.memcg = 7;
		s.quota.tuner = tuner;
		s.quota.bytes = mib;
		s.quota.reset_interval_ms = 100;
		ASSERT_OK(s.quota.goals.try_push(g));
		start(operations_id::paddr, move(s));
		host::run_for(5'000 * ms);
		const u64 before = host::count_pages_in(host::ram, memory).in_memory;
		EXPECT_LT(before, 1024 * pages_per_mib);	// it did work
		host::remove_memcg_on_node(7, 0);
		host::run_for(2'000 * ms);	// what was allowed is used up
		const u64 after = host::count_pages_in(host::ram, memory).in_memory;
		host::run_for(20'000 * ms);
		EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory, after) << static_cast<int>(tuner);
		context_ = {};
		host::end_process(host::ram);
	}
}

TEST_F(schemes, commit_of_goals_alone_changes_nothing_else)
{
	const kapi_range memory = ram_of(64 * mib);
	scheme_inputs s = all(action::pageout);
	goal g;
	report why;

	g.target_value = 100;
	g.current_value = 100;
	s.quota.tuner = goal_tuner::temporal;
	s.quota.bytes = mib;
	s.quota.reset_interval_ms = 100;
	ASSERT_OK(s.quota.goals.try_push(g));
	start(operations_id::paddr, move(s));
	host::run_for(1'050 * ms);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory, 64 * pages_per_mib);
	EXPECT_EQ(stats().effective_bytes, 0u);

	// One scheme more than there are.
	vec<vec<goal>> goals;
	ASSERT_OK(goals.resize(2));
	g.current_value = 50;
	ASSERT_OK(goals[0].try_push(g));
	ASSERT_OK(goals[1].try_push(g));
	ASSERT_OK(context_->commit_goals(move(goals), why));
	host::run_for(500 * ms);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory, 59 * pages_per_mib);

	// None at all: the bytes remain.
	ASSERT_OK(context_->commit_goals({}, why));
	host::run_for(500 * ms);
	EXPECT_EQ(host::count_pages_in(host::ram, memory).in_memory, 54 * pages_per_mib);
	ASSERT_OK(goals.resize(1));
	g.target_value = 0;
	ASSERT_OK(goals[0].try_push(g));
	EXPECT_ERROR(context_->commit_goals(move(goals), why), errc::inval);
	EXPECT_TRUE(why.line() == text_view("schemes/0/quotas/goals/0/target_value: must not be 0"));
}

// A microsecond of pressure for each 50 KiB that were demoted.  So much memory that no round comes to
// its end, where a window may remain unused.
TEST_F(schemes, goal_of_psi_is_kept)
{
	ram_of(16'384 * mib);
	scheme_inputs s = all(action::lru_deprio);
	goal g;

	g.metric = goal_metric::some_mem_psi_us;
	g.target_value = 1'000;
	s.quota.reset_interval_ms = 1'000;
	s.apply_interval_us = 1'000'000;
	ASSERT_OK(s.quota.goals.try_push(g));
	static u64 stalled_us;
	static u64 demoted;
	stalled_us = demoted = 0;
	host::set_psi([this] {
		const u64 now = demoted;
		stalled_us += now / (50 * mib / 1'000);
		demoted = 0;
		return static_cast<s64>(stalled_us);
	});
	host::set_action_script([](kapi_action_request &request) {
		demoted += request.end - request.start;
		request.start = request.end;
	});
	start(operations_id::paddr, move(s));
	host::run_for(60'000 * ms);
	u64 before = stalled_us;
	for (int window = 0; window < 60; window++) {
		host::run_for(1'000 * ms);
		EXPECT_LE(stalled_us - before, 1'200u);
		EXPECT_GE(stalled_us - before, 800u);
		before = stalled_us;
	}
}
