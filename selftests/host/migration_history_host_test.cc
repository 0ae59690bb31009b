// SPDX-License-Identifier: GPL-2.0
// ops/kernel/migration_history.c, compiled as C for the host, by a clock that runs for days.
#include <gtest/gtest.h>
#include "damonxx/kapi.h"
#include "selftests/host/migration_history.h"

namespace {

const u64 ticks_per_s = 1'000 / host_history_tick_ms;
const u64 jiffies_per_tick = HOST_HZ / ticks_per_s;
const u64 day = 24 * 3'600 * ticks_per_s;

class migration_rest : public testing::Test {
protected:
	void SetUp() override { ASSERT_EQ(host_record_migrations(), 0); }
	void TearDown() override { host_forget_migrations(); }
	static void set_clock(u64 ticks) { host_jiffies = ticks * jiffies_per_tick; }
};

} // namespace

// At each of the wraps of the 16-bit clock, and between them.
TEST_F(migration_rest, move_at_any_hour_rests_for_its_time)
{
	folio f{12'345};

	for (u64 at = 0; at < 3 * day; at += 997) {
		set_clock(at);
		damonxx_record_migration(&f);
		for (u64 passed_s : {0, 1, 5, 9, 10}) {
			set_clock(at + passed_s * ticks_per_s);
			ASSERT_TRUE(damonxx_migrated_lately(&f, 10'000)) << at << " + " << passed_s;
		}
		// One tick at each end, and the lowest bit, which says that there is an entry.
		for (u64 passed_s : {11, 12, 60, 3'600, 4 * 3'600}) {
			set_clock(at + passed_s * ticks_per_s);
			ASSERT_FALSE(damonxx_migrated_lately(&f, 10'000))
				<< at << " + " << passed_s;
		}
	}
}

// What has not moved for days: once in each turn of the clock it rests as long as if it just had.
TEST_F(migration_rest, move_long_ago_rests_once_in_four_hours_at_most)
{
	constexpr u64 rest_s = 10;
	folio f{777};
	u64 rested = 0;

	set_clock(0);
	damonxx_record_migration(&f);
	for (u64 tick = day; tick < 4 * day; tick++) {
		set_clock(tick);
		rested += damonxx_migrated_lately(&f, rest_s * 1'000);
	}
	EXPECT_LE(rested, (3 * 24 / 4) * (rest_s + 1) * ticks_per_s);
}

TEST_F(migration_rest, move_of_one_pfn_is_not_anothers)
{
	folio f{5};
	folio neighbour{6};
	folio far{5 + host_history_entries};

	set_clock(day);
	damonxx_record_migration(&f);
	EXPECT_TRUE(damonxx_migrated_lately(&f, 1'000));
	EXPECT_FALSE(damonxx_migrated_lately(&neighbour, 1'000));
	EXPECT_FALSE(damonxx_migrated_lately(&far, 1'000)); // 2 GiB away, and in the same place
	damonxx_record_migration(&far);
	EXPECT_FALSE(damonxx_migrated_lately(&f, 1'000));
	EXPECT_TRUE(damonxx_migrated_lately(&far, 1'000));
	EXPECT_FALSE(damonxx_migrated_lately(&far, 0));
}
