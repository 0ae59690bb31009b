// SPDX-License-Identifier: GPL-2.0
#include "schemes/goal_metric.hh"
#include "schemes/goal_tuner.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

constexpr u64 gib = u64{1} << 30;

goal make(goal_metric metric, u64 target, goal_direction direction = goal_direction::raise)
{
	goal g;

	g.metric = metric;
	g.target_value = target;
	g.direction = direction;
	return g;
}

} // namespace

CASE(goal, score_rising_is_value_relative_to_target)
{
	const goal g = make(goal_metric::user_input, 200);

	EXPECT_EQUAL(score_of(g, 0), 0u);
	EXPECT_EQUAL(score_of(g, 50), 2'500u);
	EXPECT_EQUAL(score_of(g, 200), 10'000u);
	EXPECT_EQUAL(score_of(g, 500), 25'000u);
	EXPECT_EQUAL(score_of(g, u64_max), u64_max);
	EXPECT_EQUAL(score_of(make(goal_metric::user_input, 0), 0), 0u);
}

CASE(goal, score_falling_is_the_rest_relative_to_its_target)
{
	const goal g = make(goal_metric::node_mem_used_bp, 2'000, goal_direction::lower);

	EXPECT_EQUAL(score_of(g, 10'000), 0u);
	EXPECT_EQUAL(score_of(g, 6'000), 5'000u);
	EXPECT_EQUAL(score_of(g, 2'000), 10'000u);
	EXPECT_EQUAL(score_of(g, 0), 12'500u);
	EXPECT_EQUAL(score_of(make(goal_metric::node_mem_used_bp, 10'000, goal_direction::lower), 0),
		     10'000u);
}

CASE(goal, progress_of_share_tells_missing_bytes)
{
	const goal up = make(goal_metric::node_sys_bp, 7'000);
	const goal down = make(goal_metric::node_sys_bp, 2'500, goal_direction::lower);
	const usage_estimate half{8 * gib, 4 * gib};

	EXPECT_EQUAL(progress_of_share(up, half, 100 * gib, 100 * gib).most_bytes,
		     8 * gib * 7 / 10 - 4 * gib);
	EXPECT_EQUAL(progress_of_share(up, half, 100 * gib, 100 * gib).score, 7'142u);
	EXPECT_EQUAL(progress_of_share(down, half, 100 * gib, 100 * gib).most_bytes, 2 * gib);
	EXPECT_EQUAL(progress_of_share(down, {8 * gib, 2 * gib}, 100 * gib, 100 * gib).most_bytes, 0u);
	EXPECT_EQUAL(progress_of_share(down, {8 * gib, 2 * gib}, 100 * gib, 100 * gib).score, 10'000u);
	EXPECT_LESS(10'000u, progress_of_share(up, {8 * gib, 7 * gib}, 100 * gib, 100 * gib).score);
	EXPECT_EQUAL(progress_of_share(up, {}, gib, gib).most_bytes, 0u);
}

// Only half of the memory in use fits on the node, or a quarter on other nodes: this limits the
// goal.
CASE(goal, progress_of_share_without_room_is_bounded_by_it)
{
	const goal up = make(goal_metric::node_sys_bp, 7'000);
	const goal down = make(goal_metric::node_sys_bp, 2'500, goal_direction::lower);

	EXPECT_EQUAL(progress_of_share(up, {8 * gib, 4 * gib}, 4 * gib, 100 * gib).score, 10'000u);
	EXPECT_EQUAL(progress_of_share(up, {8 * gib, 3 * gib}, 4 * gib, 100 * gib).most_bytes, gib);
	EXPECT_EQUAL(progress_of_share(down, {8 * gib, 6 * gib}, 100 * gib, 2 * gib).score, 10'000u);
	EXPECT_EQUAL(progress_of_share(down, {8 * gib, 7 * gib}, 100 * gib, 2 * gib).most_bytes, gib);
}

CASE(goal, missing_bytes_of_node_follow_used_and_free_targets)
{
	const kapi_memory node{.total_bytes = 10 * gib, .free_bytes = gib};
	const goal used = make(goal_metric::node_mem_used_bp, 9'500);
	const goal free = make(goal_metric::node_mem_free_bp, 3'000);
	const goal less = make(goal_metric::node_mem_used_bp, 6'000, goal_direction::lower);

	EXPECT_EQUAL(missing_bytes(used, node), gib / 2);
	EXPECT_EQUAL(missing_bytes(free, node), 2 * gib);
	EXPECT_EQUAL(missing_bytes(less, node), 3 * gib);
	EXPECT_EQUAL(missing_bytes(used, {10 * gib, gib / 4}), 0u);
	EXPECT_EQUAL(missing_bytes(free, {10 * gib, 4 * gib}), 0u);
	EXPECT_EQUAL(missing_bytes(free, {0, 0}), 0u);
}

// On a kernel that does not account pressure stalls, the metric is 0.
CASE(goal, measure_psi_without_baseline_is_on_target)
{
	goal g = make(goal_metric::some_mem_psi_us, 1'000);
	psi_baseline baseline;
	u64 total = 0;

	if (kapi_psi_some_memory_us(&total)) {
		EXPECT_EQUAL(measure(g, baseline), 0u);
		EXPECT(!baseline.known);
		return;
	}
	EXPECT_EQUAL(score_of(g, measure(g, baseline)), 10'000u);
	EXPECT(baseline.known);
	baseline.total_us = u64_max;	// never goes backwards
	EXPECT_EQUAL(measure(g, baseline), 0u);
}

// In each quota window the level rises by the allowed bytes and loses a tenth.
CASE(goal_tuner, consist_with_losses_converges_to_target)
{
	quota_inputs wanted;
	goal_tuning tuning;
	u64 level = 0;

	for (int window = 0; window < 500; window++)
		level = level * 9 / 10 +
			tuning.allowed_bytes(wanted, level * 10'000 / 1'000'000, 0, true);
	EXPECT_LESS(level, 1'200'000u);
	EXPECT_LESS(800'000u, level);
}

CASE(goal_tuner, consist_unmet_goal_doubles_from_one_byte)
{
	quota_inputs wanted;
	goal_tuning tuning;

	EXPECT_EQUAL(tuning.allowed_bytes(wanted, 10'000, 0, true), 1u);
	EXPECT_EQUAL(tuning.allowed_bytes(wanted, 0, 0, true), 2u);
	EXPECT_EQUAL(tuning.allowed_bytes(wanted, 0, 0, true), 4u);
	EXPECT_EQUAL(tuning.allowed_bytes(wanted, 0, 0, false), 4u);	// no window has passed
	for (int window = 0; window < 100; window++)
		(void)tuning.allowed_bytes(wanted, 0, 0, true);
	EXPECT_EQUAL(tuning.allowed_bytes(wanted, 0, 0, true), u64_max / 10'000);
	EXPECT_EQUAL(tuning.allowed_bytes(wanted, 20'000, 0, true), 1u);
}

CASE(goal_tuner, temporal_allows_everything_until_goal_is_met)
{
	quota_inputs wanted;
	goal_tuning tuning;

	wanted.tuner = goal_tuner::temporal;
	EXPECT_EQUAL(tuning.allowed_bytes(wanted, 9'999, 0, true), u64_max);
	EXPECT_EQUAL(tuning.allowed_bytes(wanted, 10'000, 0, true), 0u);
	wanted.bytes = 5 * gib;
	EXPECT_EQUAL(tuning.allowed_bytes(wanted, 9'999, 0, true), 5 * gib);
}

CASE(goal_tuner, proportional_near_goal_allows_less)
{
	quota_inputs wanted;
	goal_tuning limited;
	goal_tuning unlimited;
	u64 level = 0;

	wanted.tuner = goal_tuner::proportional;
	EXPECT_EQUAL(unlimited.allowed_bytes(wanted, 0, 0, true), 0u);
	EXPECT_EQUAL(unlimited.allowed_bytes(wanted, 0, gib, true), gib);
	EXPECT_EQUAL(unlimited.allowed_bytes(wanted, 7'500, gib, true), gib / 4);
	EXPECT_EQUAL(unlimited.allowed_bytes(wanted, 10'000, gib, true), 0u);
	// The goal was exceeded by half, so the quota is halved from now on.
	EXPECT_EQUAL(unlimited.allowed_bytes(wanted, 15'000, gib, true), 0u);
	EXPECT_EQUAL(unlimited.allowed_bytes(wanted, 9'000, gib, false), gib / 20);
	wanted.bytes = 400'000;
	for (int window = 0; window < 100; window++) {
		const u64 before = level;
		level += limited.allowed_bytes(wanted, level * 10'000 / 1'000'000, 0, true);
		EXPECT(level >= before && level <= 1'000'000);
	}
	EXPECT_LESS(990'000u, level);
}
