// SPDX-License-Identifier: GPL-2.0
#include "schemes/priority.hh"
#include "damonxx/prng.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

constexpr priority_weights only_accesses{0, 1, 0};
constexpr priority_weights only_age{0, 0, 1};
constexpr priority_weights even{0, 1, 1};

} // namespace

CASE(priority, hot_score_by_accesses_alone_ignores_age)
{
	EXPECT_EQUAL(hot_score(0, 20, 1'000, only_accesses), 0u);
	EXPECT_EQUAL(hot_score(10, 20, 0, only_accesses), 49u);
	EXPECT_EQUAL(hot_score(20, 20, 7, only_accesses), 99u);
	EXPECT_EQUAL(hot_score(u32_max, 20, 7, only_accesses), 99u);
	EXPECT_EQUAL(hot_score(1, 0, 0, only_accesses), 99u);
}

// Doublings of a second: what is idle cools down with them.
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

// The cut covers the limit, and with one priority less it would not.
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
