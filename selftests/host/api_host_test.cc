// SPDX-License-Identifier: GPL-2.0
// The in-kernel API: what goes in arrives, what comes out is true, and errors say what was wrong.
#include "core/kdamond/api_inputs.hh"
#include "kunit/test.hh"
#include "selftests/host/host.hh"

#include <gtest/gtest.h>

#include <string>

using namespace damon;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;
constexpr u64 base = u64{0x7f00} << 32;
constexpr int pid = 42;

class api : public testing::Test {
protected:
	api()
	{
		damonxx_settings_init(&settings_);
		target_.pid = pid;
		settings_.targets = &target_;
		settings_.nr_targets = 1;
		damonxx_scheme_init(&scheme_, DAMONXX_STAT);
		settings_.schemes = &scheme_;
		settings_.nr_schemes = 1;
	}
	void SetUp() override
	{
		host::use_virtual_clock();
		host::seed(7);
		host::add_process(pid, {{base, base + 64 * mib}});
		host::set_hot(pid, {{base, base + 16 * mib}});
	}
	void TearDown() override { damonxx_context_destroy(context_); }

	int create() { return damonxx_context_create(&context_, &settings_, &reason_); }
	void start()
	{
		ASSERT_EQ(create(), 0) << reason_.text;
		ASSERT_EQ(damonxx_context_start(context_, "watcher"), 0);
	}
	int commit() { return damonxx_context_commit(context_, &settings_, &reason_); }
	// What is refused, and the words for it.
	void expect_refused(const std::string &words)
	{
		EXPECT_EQ(create(), -EINVAL);
		EXPECT_EQ(reason_.text, words);
		EXPECT_EQ(context_, nullptr);
	}

	damonxx_settings settings_;
	damonxx_target target_{};
	damonxx_scheme scheme_;
	damonxx_reason reason_{};
	damonxx_context *context_ = nullptr;
};

damonxx_monitoring monitoring_of(damonxx_context *context)
{
	damonxx_monitoring monitoring;

	damonxx_context_read_monitoring(context, &monitoring);
	return monitoring;
}

} // namespace

TEST_F(api, new_context_has_defaults_of_the_core)
{
	report why;
	auto built = build_inputs(settings_, why);

	ASSERT_OK(built);
	const monitoring_attrs in = move(built).take().attrs;
	const monitoring_attrs core;
	EXPECT(in.same_intervals(core));
	EXPECT_EQ(in.min_nr_regions, core.min_nr_regions);
	EXPECT_EQ(in.max_nr_regions, core.max_nr_regions);
	EXPECT_EQ(in.goal.aggrs, core.goal.aggrs);
	EXPECT_EQ(in.cpu_permil, core.cpu_permil);
}

TEST_F(api, running_context_reports_accessed_memory)
{
	start();
	host::run_for(3000 * ms);
	damonxx_snapshot *snapshot = nullptr;
	ASSERT_EQ(damonxx_context_take_snapshot(context_, &snapshot), 0);
	ASSERT_EQ(snapshot->nr_targets, 1u);
	EXPECT_EQ(damonxx_snapshot_targets(snapshot)->pid, pid);
	const damonxx_snapshot_region *regions = damonxx_snapshot_regions(snapshot);
	u64 all = 0, hot = 0;
	for (u32 i = 0; i < snapshot->nr_regions; i++) {
		all += regions[i].end - regions[i].start;
		if (regions[i].nr_accesses >= 10)
			hot += regions[i].end - regions[i].start;
	}
	EXPECT_EQ(all, 64 * mib);
	EXPECT_GE(hot, 15 * mib);
	EXPECT_LE(hot, 17 * mib);
	EXPECT_EQ(monitoring_of(context_).nr_regions, snapshot->nr_regions);
	damonxx_snapshot_free(snapshot);

	damonxx_scheme_stats stats;
	ASSERT_EQ(damonxx_context_read_schemes(context_, &stats, 1), 1);
	EXPECT_GE(stats.nr_snapshots, 28u);
	EXPECT_EQ(stats.sz_tried, stats.nr_snapshots * 64 * mib);
}

TEST_F(api, context_started_twice_fails_ebusy)
{
	ASSERT_EQ(create(), 0);
	EXPECT(!damonxx_context_is_running(context_));
	EXPECT_EQ(damonxx_context_pid(context_), -1);
	EXPECT_EQ(commit(), -ECANCELED);
	damonxx_context_stop(context_);
	ASSERT_EQ(damonxx_context_start(context_, "watcher"), 0);
	EXPECT(damonxx_context_is_running(context_));
	EXPECT_NE(damonxx_context_pid(context_), -1);
	EXPECT_EQ(damonxx_context_start(context_, "watcher"), -EBUSY);
	EXPECT_EQ(commit(), 0);
	host::run_for(200 * ms);
	damonxx_context_stop(context_);
	damonxx_context_stop(context_);
	EXPECT(!damonxx_context_is_running(context_));
	EXPECT_EQ(damonxx_context_start(context_, "watcher"), -EBUSY);
	EXPECT_EQ(commit(), -ECANCELED);
	damonxx_scheme_stats stats;
	damonxx_snapshot *snapshot = nullptr;
	EXPECT_EQ(damonxx_context_read_schemes(context_, &stats, 1), -ECANCELED);
	EXPECT_EQ(damonxx_context_take_snapshot(context_, &snapshot), -ECANCELED);
	EXPECT_GE(monitoring_of(context_).samples, 38u);
}

TEST_F(api, target_exit_ends_kdamond)
{
	start();
	host::end_process(pid);
	host::run_for(300 * ms);
	EXPECT(!damonxx_context_is_running(context_));
	EXPECT_EQ(damonxx_context_pid(context_), -1);
	EXPECT_EQ(host::held_pids(), 0u);
}

TEST_F(api, callbacks_run_in_the_kdamond)
{
	u64 calls = 0;
	const auto count = [](void *argument) { ++*static_cast<u64 *>(argument); };

	ASSERT_EQ(create(), 0);
	EXPECT_EQ(damonxx_context_call(context_, count, &calls), -ECANCELED);
	ASSERT_EQ(damonxx_context_start(context_, "watcher"), 0);
	EXPECT_EQ(damonxx_context_call(context_, count, &calls), 0);
	EXPECT_EQ(calls, 1u);
	damonxx_context_stop(context_);
	EXPECT_EQ(damonxx_context_call(context_, count, &calls), -ECANCELED);
	EXPECT_EQ(calls, 1u);
}

TEST_F(api, several_contexts_run_at_once)
{
	constexpr int number = 5;
	damonxx_context *all[number];

	for (damonxx_context *&one : all) {
		ASSERT_EQ(damonxx_context_create(&one, &settings_, nullptr), 0);
		ASSERT_EQ(damonxx_context_start(one, "watcher"), 0);
	}
	host::run_for(1000 * ms);
	for (damonxx_context *one : all) {
		EXPECT_GE(monitoring_of(one).samples, 190u);
		damonxx_context_destroy(one);
	}
}

TEST_F(api, commit_invalid_changes_nothing)
{
	start();
	host::run_for(500 * ms);
	settings_.sample_us = 10'000;
	settings_.aggr_us = 200'000;
	EXPECT_EQ(commit(), 0);
	EXPECT_EQ(monitoring_of(context_).aggr_us, 200'000u);
	settings_.sample_us = 1'000;
	settings_.min_nr_regions = 2;
	EXPECT_EQ(commit(), -EINVAL);
	EXPECT_EQ(std::string{reason_.text}, "monitoring_attrs/nr_regions: min 2 is below 3");
	EXPECT_EQ(monitoring_of(context_).sample_us, 10'000u);
}

TEST_F(api, failing_allocation_returns_enomem_and_leaks_nothing)
{
	host::for_each_failing_allocation([&] {
		const int done = create();
		EXPECT(done == 0 || done == -ENOMEM);
		EXPECT_EQ(done == -ENOMEM, host::has_failed());
		if (done)
			return;
		damonxx_context_destroy(std::exchange(context_, nullptr));
	});
	start();
	settings_.max_nr_regions = 2'000;
	host::for_each_failing_allocation([&] {
		const int done = commit();
		EXPECT(done == 0 || done == -ENOMEM);
	});
	EXPECT(damonxx_context_is_running(context_));
}

TEST_F(api, invalid_settings_are_refused_with_reason)
{
	settings_.version = DAMONXX_API_VERSION + 1;
	expect_refused("version: 2 does not match API version 1");
	settings_.version = DAMONXX_API_VERSION;
	settings_.operations = 3;
	expect_refused("operations: 3 is invalid");
	settings_.operations = DAMONXX_VADDR;
	scheme_.action = DAMONXX_STAT + 1;
	expect_refused("schemes/0/action: 11 is invalid");
	scheme_.action = DAMONXX_STAT;
	scheme_.quota.tuner = 9;
	expect_refused("schemes/0/quotas/goal_tuner: 9 is invalid");
	scheme_.quota.tuner = 0;
	scheme_.watermarks.metric = 9;
	expect_refused("schemes/0/watermarks/metric: 9 is invalid");
	scheme_.watermarks.metric = 0;
	target_.pid = 4711;
	expect_refused("targets/0/pid_target: no process 4711");
	settings_.operations = DAMONXX_PADDR;
	settings_.addr_unit = 3;
	expect_refused("addr_unit: 3 is neither a power of two nor above 4096");
	// A page would be more than two of them, and less than three.
	settings_.addr_unit = 1500;
	expect_refused("addr_unit: 1500 is neither a power of two nor above 4096");
	settings_.addr_unit = 0;
	expect_refused("addr_unit: 0 is neither a power of two nor above 4096");
	settings_.addr_unit = 4096;
	const damonxx_range far{1, u64_max};
	target_.ranges = &far;
	target_.nr_ranges = 1;
	expect_refused("targets/0/regions/0/end: 18446744073709551615 units are beyond all addresses");
	// Who does not want to know why need not.
	EXPECT_EQ(damonxx_context_create(&context_, &settings_, nullptr), -EINVAL);
}

TEST_F(api, unknown_list_values_are_refused)
{
	damonxx_filter filter{};
	damonxx_goal goal{};
	damonxx_probe_filter attribute{};
	damonxx_probe probe{};

	filter.type = DAMONXX_FILTER_PROBE_HITS_WSUM + 1;
	scheme_.filters = &filter;
	scheme_.nr_filters = 1;
	expect_refused("schemes/0/filters/0/type: 10 is invalid");
	scheme_.nr_filters = 0;
	goal.metric = DAMONXX_NODE_SYS_BP + 1;
	scheme_.quota.goals = &goal;
	scheme_.quota.nr_goals = 1;
	expect_refused("schemes/0/quotas/goals/0/target_metric: 11 is invalid");
	goal.metric = 0;
	goal.direction = 2;
	expect_refused("schemes/0/quotas/goals/0/direction: 2 is invalid");
	goal.direction = 0;
	expect_refused("schemes/0/quotas/goals/0/target_value: must not be 0");
	scheme_.quota.nr_goals = 0;
	attribute.type = DAMONXX_ATTRIBUTE_HUGEPAGE_SIZE + 1;
	probe.filters = &attribute;
	probe.nr_filters = 1;
	settings_.probes = &probe;
	settings_.nr_probes = 1;
	expect_refused("monitoring_attrs/probes/0/filters/0/type: 5 is invalid");
}

// Each member is another number, so that none can stand for another.
TEST_F(api, every_scheme_member_reaches_the_core)
{
	const damonxx_filter filters[] = {
		{.type = DAMONXX_FILTER_HUGEPAGE_SIZE, .matching = true, .allow = false, .memcg = 0,
		 .range = {}, .min = 21, .max = 22, .target_index = 0},
		{.type = DAMONXX_FILTER_ADDR, .matching = false, .allow = true, .memcg = 23,
		 .range = {24, 25}, .min = 0, .max = 0, .target_index = 26},
	};
	const damonxx_goal goal{.metric = DAMONXX_INACTIVE_MEM_BP, .direction = DAMONXX_LOWER,
				.nid = 31, .memcg = 32, .target_value = 33, .current_value = 34};
	const damonxx_destination destinations[] = {{41, 42}, {43, 44}};

	settings_.operations = DAMONXX_PADDR;
	settings_.addr_unit = 16;
	scheme_ = {.action = DAMONXX_MIGRATE_COLD, .target_nid = 1, .min_size = 2, .max_size = 3,
		   .min_nr_accesses = 4, .max_nr_accesses = 5, .min_age = 6, .max_age = 7,
		   .apply_interval_us = 8, .max_nr_snapshots = 9, .rest_ms = 18,
		   .quota = {.ms = 10, .size = 11, .reset_interval_ms = 12, .pool = 19, .size_weight = 13,
			     .nr_accesses_weight = 14, .age_weight = 15,
			     .tuner = DAMONXX_TEMPORAL, .goals = &goal, .nr_goals = 1,
			     .fail_charge_num = 16, .fail_charge_denom = 17},
		   .watermarks = {.metric = DAMONXX_NODE_FREE_MEM_RATE, .nid = 51,
				  .interval_us = 52, .high = 55, .mid = 54, .low = 53},
		   .filters = filters, .destinations = destinations, .nr_filters = 2,
		   .nr_destinations = 2};
	report why;
	auto built = build_inputs(settings_, why);
	ASSERT_OK(built);
	const inputs in = move(built).take();
	const scheme_inputs &s = in.schemes[0];
	EXPECT(s.action == action::migrate_cold);
	EXPECT_EQ(s.target_nid, 1);
	EXPECT(s.pattern == (access_pattern{{2 * 16, 3 * 16}, {4, 5}, {6, 7}}));
	EXPECT_EQ(s.apply_interval_us, 8u);
	EXPECT_EQ(s.max_nr_snapshots, 9u);
	EXPECT_EQ(s.rest_ms, 18u);
	EXPECT_EQ(s.quota.ms, 10u);
	EXPECT_EQ(s.quota.bytes, 11u * 16);
	EXPECT_EQ(s.quota.pool, 19u);
	EXPECT_EQ(s.quota.reset_interval_ms, 12u);
	EXPECT_EQ(s.quota.weights.size, 13u);
	EXPECT_EQ(s.quota.weights.nr_accesses, 14u);
	EXPECT_EQ(s.quota.weights.age, 15u);
	EXPECT(s.quota.tuner == goal_tuner::temporal);
	EXPECT_EQ(s.quota.fail_charge_num, 16u);
	EXPECT_EQ(s.quota.fail_charge_denom, 17u);
	const damon::goal &g = s.quota.goals[0];
	EXPECT(g.metric == goal_metric::inactive_mem_bp && g.direction == goal_direction::lower);
	EXPECT_EQ(g.nid, 31);
	EXPECT_EQ(g.memcg, 32u);
	EXPECT_EQ(g.target_value, 33u);
	EXPECT_EQ(g.current_value, 34u);
	EXPECT(s.watermarks.metric == watermark_metric::node_free_mem_rate);
	EXPECT_EQ(s.watermarks.nid, 51);
	EXPECT_EQ(s.watermarks.interval_us, 52u);
	EXPECT_EQ(s.watermarks.low, 53u);
	EXPECT_EQ(s.watermarks.mid, 54u);
	EXPECT_EQ(s.watermarks.high, 55u);
	ASSERT_EQ(s.ops_filters.size(), 1u);
	const filter &asked_of_folios = s.ops_filters[0];
	EXPECT(asked_of_folios.type == filter_type::hugepage_size && asked_of_folios.matching);
	EXPECT(!asked_of_folios.allow && asked_of_folios.limits == (bounds<u64>{21, 22}));
	ASSERT_EQ(s.core_filters.size(), 1u);
	const filter &asked_of_regions = s.core_filters[0];
	EXPECT(asked_of_regions.type == filter_type::addr && !asked_of_regions.matching);
	EXPECT(asked_of_regions.allow && asked_of_regions.memcg == 23);
	EXPECT(asked_of_regions.range == (addr_range{24 * 16, 25 * 16}));
	EXPECT_EQ(asked_of_regions.target_index, 26);
	EXPECT_EQ(asked_of_regions.number, 1u);
	ASSERT_EQ(s.destinations.size(), 2u);
	EXPECT_EQ(s.destinations[1].nid, 43u);
	EXPECT_EQ(s.destinations[1].weight, 44u);
}

TEST_F(api, every_monitoring_member_reaches_the_core)
{
	const damonxx_probe_filter attribute{.type = DAMONXX_ATTRIBUTE_HUGEPAGE_SIZE,
					     .matching = true, .allow = true, .memcg = 11,
					     .min = 12, .max = 13};
	const damonxx_probe probe{.weight = 14, .sets_idle = true, .filters = &attribute,
				  .nr_filters = 1};
	const damonxx_range range{15, 16};

	settings_.operations = DAMONXX_PADDR;
	settings_.addr_unit = 256;
	settings_.paused = true;
	settings_.sample_us = 1;
	settings_.aggr_us = 2;
	settings_.update_us = 3;
	settings_.min_nr_regions = 4;
	settings_.max_nr_regions = 5;
	settings_.goal_access_bp = 6;
	settings_.goal_aggrs = 7;
	settings_.goal_min_sample_us = 8;
	settings_.goal_max_sample_us = 9;
	settings_.cpu_permil = 10;
	settings_.probes = &probe;
	settings_.nr_probes = 1;
	target_ = {.pid = 17, .obsolete = false, .ranges = &range, .nr_ranges = 1};
	report why;
	auto built = build_inputs(settings_, why);
	ASSERT_OK(built);
	const inputs in = move(built).take();
	EXPECT(in.operations == operations_id::paddr && in.paused);
	EXPECT_EQ(in.addr_unit, 256u);
	EXPECT_EQ(in.attrs.sample_us, 1u);
	EXPECT_EQ(in.attrs.aggr_us, 2u);
	EXPECT_EQ(in.attrs.update_us, 3u);
	EXPECT_EQ(in.attrs.min_nr_regions, 4u);
	EXPECT_EQ(in.attrs.max_nr_regions, 5u);
	EXPECT_EQ(in.attrs.goal.access_bp, 6u);
	EXPECT_EQ(in.attrs.goal.aggrs, 7u);
	EXPECT_EQ(in.attrs.goal.min_sample_us, 8u);
	EXPECT_EQ(in.attrs.goal.max_sample_us, 9u);
	EXPECT_EQ(in.attrs.cpu_permil, 10u);
	const attribute_filter &asked = in.probes[0].filters[0];
	EXPECT(asked.type == damon::attribute::hugepage_size && asked.matching && asked.allow);
	EXPECT_EQ(asked.memcg, 11u);
	EXPECT(asked.size_bytes == (bounds<u64>{12, 13}));
	EXPECT_EQ(in.probes[0].weight, 14u);
	EXPECT(in.probes[0].sets_idle);
	EXPECT(in.targets[0].ranges[0] == (addr_range{15 * 256, 16 * 256}));
	EXPECT_EQ(in.targets[0].pid_number, 17);
	EXPECT(!in.targets[0].pid);

	target_.obsolete = true;
	auto gone = build_inputs(settings_, why);
	ASSERT_OK(gone);
	EXPECT(move(gone).take().targets[0].obsolete);
}
