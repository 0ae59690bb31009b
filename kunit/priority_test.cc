// SPDX-License-Identifier: GPL-2.0
#include "schemes/priority.hh"
#include "damonxx/lib/prng.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

constexpr priority_weights only_accesses{0, 1, 0};
constexpr priority_weights only_age{0, 0, 1};
constexpr priority_weights even{0, 1, 1};

/*
 * DAMON's hot score, as in its documentation: the weighted mean of two percentages, scaled to 99.
 * The first is the share of samples with an access.  The second is the age on a scale of 64 steps:
 * one step for each doubling of a second, at most 32, up from the middle if there were accesses,
 * else down.
 */
u32 expected_score(u64 hits, u64 samples, u64 age_seconds, u64 access_weight, u64 age_weight)
{
	const s64 frequency = static_cast<s64>(hits * 100 / samples);
	s64 steps = 0;

	for (u64 rest = age_seconds; rest && steps < 32; rest /= 2)
		steps++;
	const u64 age = static_cast<u64>(32 + (frequency ? steps : -steps)) * 100 / 64;
	u64 mean = access_weight * static_cast<u64>(frequency) + age_weight * age;
	if (access_weight + age_weight)
		mean /= access_weight + age_weight;
	return static_cast<u32>(mean * 99 / 100);
}

} // namespace

CASE(priority, hot_score_of_any_region_matches_the_specification)
{
	prng random{11};

	for (int i = 0; i < 20'000; i++) {
		const u32 samples = static_cast<u32>(random.between(1, 200));
		const u32 hits = static_cast<u32>(random.below(samples + 1));
		const u64 age = random.below(u64{1} << random.below(40));
		const priority_weights weights{7, static_cast<u32>(random.below(u64{1} << random.below(33))),
					       static_cast<u32>(random.below(u64{1} << random.below(33)))};

		ASSERT_EQUAL(hot_score(hits, samples, age, weights),
			     expected_score(hits, samples, age, weights.nr_accesses, weights.age));
	}
}

CASE(priority, hot_score_by_accesses_alone_ignores_age)
{
	EXPECT_EQUAL(hot_score(0, 20, 1'000, only_accesses), 0u);
	EXPECT_EQUAL(hot_score(10, 20, 0, only_accesses), 49u);
	EXPECT_EQUAL(hot_score(20, 20, 7, only_accesses), 99u);
	EXPECT_EQUAL(hot_score(u32_max, 20, 7, only_accesses), 99u);
	EXPECT_EQUAL(hot_score(1, 0, 0, only_accesses), 99u);
}

// The age in doublings of a second; idle regions get colder with age.
CASE(priority, hot_score_by_age_alone_follows_log_of_seconds)
{
	EXPECT_EQUAL(hot_score(1, 20, 0, only_age), 49u);
	EXPECT_EQUAL(hot_score(0, 20, 0, only_age), 49u);
	EXPECT_EQUAL(hot_score(1, 20, 1, only_age), 50u);	// 33 of 64 doublings
	EXPECT_EQUAL(hot_score(0, 20, 1, only_age), 47u);	// 31
	EXPECT_EQUAL(hot_score(1, 20, u64{1} << 40, only_age), 99u);
	EXPECT_EQUAL(hot_score(0, 20, u64{1} << 40, only_age), 0u);
}

CASE(priority, hot_score_depends_on_ratio_of_weights)
{
	EXPECT_EQUAL(hot_score(20, 20, 0, even), 74u);
	EXPECT_EQUAL(hot_score(20, 20, 0, {0, u32_max, u32_max}), 74u);
	EXPECT_EQUAL(hot_score(20, 20, u64_max, {0, 0, 0}), 0u);
	EXPECT_EQUAL(hot_score(20, 20, 0, {u32_max, 1, 1}), 74u);
}

CASE(priority, preference_of_action_is_hot_cold_or_none)
{
	EXPECT(preference_of(action::pageout, false) == preference::cold);
	EXPECT(preference_of(action::migrate_hot, true) == preference::hot);
	EXPECT(preference_of(action::lru_prio, true) == preference::hot);
	EXPECT(preference_of(action::lru_deprio, true) == preference::cold);
	EXPECT(preference_of(action::lru_deprio, false) == preference::none);
	EXPECT(preference_of(action::stat, true) == preference::none);
	EXPECT_EQUAL(priority_of(preference::hot, 30), 30u);
	EXPECT_EQUAL(priority_of(preference::cold, 30), 69u);
	EXPECT_EQUAL(priority_of(preference::none, 30), 99u);
}

// The cut covers the limit, and the next higher one would not.
CASE(priority, lowest_within_limit_is_highest_priority_that_covers_it)
{
	struct {
		u32 score;
		u64 bytes;
	} entries[40];
	prng random{3};
	static priority_histogram histogram;

	for (int round = 0; round < 200; round++) {
		u64 all = 0;

		histogram.clear();
		for (auto &entry : entries) {
			entry = {static_cast<u32>(random.below(100)), random.below(1'000)};
			histogram.add(entry.score, entry.bytes);
			all += entry.bytes;
		}
		ASSERT_EQUAL(histogram.total_bytes(), all);
		const u64 limit = random.below(all + all / 4);
		const u32 cut = histogram.lowest_within(limit);
		u64 covered = 0;
		u64 above = 0;
		for (const auto &entry : entries) {
			covered += entry.score >= cut ? entry.bytes : 0;
			above += entry.score > cut ? entry.bytes : 0;
		}
		EXPECT(cut == 0 || covered >= limit);
		EXPECT(cut == highest_priority || above < limit);
	}
}
