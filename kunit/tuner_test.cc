// SPDX-License-Identifier: GPL-2.0
#include "core/region/tuner.hh"
#include "damonxx/lib/prng.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

// Goal: 4 % of all possible accesses, between 1 ms and 1 s; 20 samples per aggregation.
constexpr monitoring_attrs wanting_400_bp = {
	.goal = {.access_bp = 400, .aggrs = 3, .min_sample_us = 1'000, .max_sample_us = 1'000'000}};

// 1,000 pages, so 20,000 possible accesses; the goal is 800.
u64 tuned(u64 seen, const monitoring_attrs &attrs = wanting_400_bp)
{
	return tuned_sample_us(attrs, {.seen = seen, .pages = 1'000});
}

/*
 * As in DAMON's documentation: changes the last value by the relative distance of the score to
 * 10,000; at least 10,000, which is also the result for a score of twice the goal.  Uses no 128-bit
 * numbers, so only for values below 2^32.
 */
u64 expected_feedback(u64 last, u64 score)
{
	if (score >= 20'000)
		return 10'000;
	const s64 next = static_cast<s64>(last) +
			 static_cast<s64>(last) * (10'000 - static_cast<s64>(score)) / 10'000;
	return next < 10'000 ? 10'000 : static_cast<u64>(next);
}

// The same for the sampling interval; accesses are counted in bytes, and shortening goes only half
// the way.
u64 expected_sample_us(const monitoring_attrs &attrs, u64 pages, u64 seen, u64 samples)
{
	const u64 wanted = pages * page_bytes * samples * attrs.goal.access_bp / 10'000;
	const u64 score = seen * page_bytes * 10'000 / (wanted ? wanted : 1);
	u64 factor = expected_feedback(100'000'000, score) / 10'000;

	if (factor <= 10'000)
		factor = 5'000 + factor / 2;
	const u64 next = attrs.sample_us * factor / 10'000;
	if (next < attrs.goal.min_sample_us)
		return attrs.goal.min_sample_us;
	return next > attrs.goal.max_sample_us ? attrs.goal.max_sample_us : next;
}

} // namespace

CASE(tuner, feed_back_of_any_score_matches_the_specification)
{
	prng random{2};

	for (int i = 0; i < 20'000; i++) {
		const u64 last = random.below(u64{1} << random.between(1, 33));
		const u64 score = random.below(25'000);

		ASSERT_EQUAL(feed_back(last, score), expected_feedback(last, score));
	}
}

CASE(tuner, tuned_sample_of_any_events_matches_the_specification)
{
	prng random{3};

	for (int i = 0; i < 20'000; i++) {
		monitoring_attrs attrs;
		const u64 samples = random.between(3, 100);
		// Enough pages that rounding bytes or pages makes no difference.
		const u64 pages = random.between(1'000'000, 20'000'000);
		const u64 seen = random.below(pages * samples / random.between(1, 1'000) + 1);

		attrs.sample_us = random.between(1'000, 1'000'000);
		attrs.aggr_us = attrs.sample_us * samples;
		attrs.goal = {.access_bp = random.between(40, 5'000), .aggrs = 3,
			      .min_sample_us = random.between(1'000, 100'000), .max_sample_us = 500'000};
		const u64 expected = expected_sample_us(attrs, pages, seen, samples);
		const u64 got = tuned_sample_us(attrs, {.seen = seen, .pages = pages});
		ASSERT(got <= expected + expected / 1'000 + 1 && expected <= got + got / 1'000 + 1);
	}
}

CASE(tuner, feed_back_scales_by_score_within_bounds)
{
	EXPECT_EQUAL(feed_back(1'000'000, 10'000), 1'000'000u);
	EXPECT_EQUAL(feed_back(1'000'000, 0), 2'000'000u);
	EXPECT_EQUAL(feed_back(1'000'000, 5'000), 1'500'000u);
	EXPECT_EQUAL(feed_back(1'000'000, 15'000), 500'000u);
	EXPECT_EQUAL(feed_back(1'000'000, 19'999), 10'000u); // 100 is below the minimum
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
	EXPECT_EQUAL(tuned(400), 7'500u);  // half of the goal: 1.5 times
}

CASE(tuner, tuned_interval_seeing_too_much_shrinks_at_most_to_half)
{
	EXPECT_EQUAL(tuned(1'200), 3'750u);  // 1.5 times the goal: (1 + 1/2) / 2
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
