// SPDX-License-Identifier: GPL-2.0
#include "core/tuner.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

// 4 % of all possible accesses, between 1 ms and 1 s; 20 samples a window.
constexpr monitoring_attrs wanting_400_bp = {
	.goal = {.access_bp = 400, .aggrs = 3, .min_sample_us = 1'000, .max_sample_us = 1'000'000}};

// 1,000 pages, 20,000 possible accesses: 800 are wanted.
u64 tuned(u64 seen, const monitoring_attrs &attrs = wanting_400_bp)
{
	return tuned_sample_us(attrs, {.seen = seen, .pages = 1'000});
}

} // namespace

CASE(tuner, feed_back_scales_by_score_within_bounds)
{
	EXPECT_EQUAL(feed_back(1'000'000, 10'000), 1'000'000u);
	EXPECT_EQUAL(feed_back(1'000'000, 0), 2'000'000u);
	EXPECT_EQUAL(feed_back(1'000'000, 5'000), 1'500'000u);
	EXPECT_EQUAL(feed_back(1'000'000, 15'000), 500'000u);
	EXPECT_EQUAL(feed_back(1'000'000, 19'999), 10'000u); // 100 would be too little
	EXPECT_EQUAL(feed_back(1'000'000, 20'000), 10'000u);
	EXPECT_EQUAL(feed_back(1'000'000, u64_max), 10'000u);
	EXPECT_EQUAL(feed_back(u64_max, 0), u64_max);
	EXPECT_EQUAL(feed_back(0, 0), 10'000u);
}

CASE(tuner, tuned_interval_on_target_stays)
{
	EXPECT_EQUAL(tuned(800), 5'000u);
}

CASE(tuner, tuned_interval_seeing_too_little_grows_at_most_twofold)
{
	EXPECT_EQUAL(tuned(0), 10'000u);   // twice at most
	EXPECT_EQUAL(tuned(400), 7'500u);  // half of it: half as much again
}

CASE(tuner, tuned_interval_seeing_too_much_shrinks_at_most_to_half)
{
	EXPECT_EQUAL(tuned(1'200), 3'750u);  // half too much: (1 + 1/2) / 2
	EXPECT_EQUAL(tuned(1'600), 2'500u);  // half at most
	EXPECT_EQUAL(tuned(20'000), 2'500u);
}

CASE(tuner, tuned_interval_stays_within_limits)
{
	monitoring_attrs attrs = wanting_400_bp;

	attrs.goal.max_sample_us = 6'000;
	attrs.goal.min_sample_us = 4'000;
	EXPECT_EQUAL(tuned(0, attrs), 6'000u);
	EXPECT_EQUAL(tuned(20'000, attrs), 4'000u);
}

CASE(tuner, tuned_interval_with_nothing_monitored_grows)
{
	EXPECT_EQUAL(tuned_sample_us(wanting_400_bp, {}), 10'000u);
}

CASE(tuner, tune_intervals_keeps_samples_per_aggregation)
{
	monitoring_attrs attrs = wanting_400_bp;

	EXPECT(tune_intervals(attrs, {.seen = 0, .pages = 1'000}));
	EXPECT_EQUAL(attrs.sample_us, 10'000u);
	EXPECT_EQUAL(attrs.aggr_us, 200'000u);
	EXPECT_EQUAL(attrs.samples_per_aggregation(), 20u);
	EXPECT(!tune_intervals(attrs, {.seen = 800, .pages = 1'000}));
}
