// SPDX-License-Identifier: GPL-2.0
// The host's memory, randomness, processes and checks do what host.hh says.
#include "host.hh"

#include <cerrno>
#include <gtest/gtest.h>
#include <set>

namespace {

constexpr u64 page = 4096;

TEST(host_memory, fail_nth_fails_that_allocation_once)
{
	host::fail_nth(2);
	void *first = kapi_alloc(10);
	EXPECT_EQ(kapi_alloc(10), nullptr);
	void *third = kapi_alloc(10);

	ASSERT_NE(first, nullptr);
	ASSERT_NE(third, nullptr);
	EXPECT_TRUE(host::has_failed());
	EXPECT_EQ(kapi_alloc_live(), 2u);
	EXPECT_EQ(host::counts().allocations, 2u);
	EXPECT_EQ(host::counts().failed_allocations, 1u);
	kapi_free(first);
	kapi_free(third);
	kapi_free(nullptr);
	EXPECT_EQ(kapi_alloc_live(), 0u);
	EXPECT_EQ(host::counts().live_bytes, 0u);
}

TEST(host_memory, fail_from_fails_all_later_allocations)
{
	host::fail_from(1);
	EXPECT_EQ(kapi_alloc(10), nullptr);
	EXPECT_EQ(kapi_alloc(10), nullptr);
	host::fail_nth(0);
	kapi_free(kapi_alloc(10));
}

TEST(host_memory, for_each_failing_allocation_reaches_all)
{
	u64 runs = 0;
	const u64 failures = host::for_each_failing_allocation([&] {
		void *a = kapi_alloc(1);
		void *b = kapi_alloc(1);

		runs++;
		kapi_free(a);
		kapi_free(b);
	});

	EXPECT_EQ(failures, 2u);
	EXPECT_EQ(runs, 3u);
}

TEST(host_memory, alloc_beyond_machine_fails)
{
	EXPECT_EQ(kapi_alloc(1UL << 31), nullptr);
}

TEST(host_memory, unfreed_memory_is_named)
{
	void *memory = kapi_alloc(24);

	EXPECT_EQ(host::leaks(), "1 allocations (24 bytes)\n");
	kapi_free(memory);
	EXPECT_EQ(host::leaks(), "");
}

TEST(host_random, same_seed_gives_same_sequence)
{
	host::seed(1);
	const u64 first = kapi_random_u64();
	host::seed(2);
	EXPECT_NE(kapi_random_u64(), first);
	host::seed(1);
	EXPECT_EQ(kapi_random_u64(), first);
}

TEST(host_log, lines_are_kept)
{
	kapi_log(KAPI_LOG_WARN, "something odd");
	ASSERT_EQ(host::log_lines().size(), 1u);
	EXPECT_EQ(host::log_lines()[0], "warning: something odd");
	EXPECT_TRUE(host::log_contains("odd"));
	EXPECT_FALSE(host::log_contains("even"));
}

TEST(host_assert, failed_assert_aborts)
{
	EXPECT_DEATH(kapi_assert_failed("a == b", "file.cc", 7), "file.cc:7: .*a == b");
}

// A process with references that end with the test.
class host_process : public testing::Test {
protected:
	void SetUp() override
	{
		host::add_process(7, {{16 * page, 32 * page}, {64 * page, 65 * page}});
		pid_ = kapi_pid_get(7);
		mm_ = kapi_mm_get(pid_);
	}

	void TearDown() override
	{
		kapi_mm_put(mm_);
		kapi_pid_put(pid_);
	}

	u8 watch(u64 address, const std::function<void()> &meanwhile = [] {})
	{
		kapi_access_check check{};

		check.addr = address;
		kapi_prepare_access_checks(mm_, &check, 1);
		meanwhile();
		kapi_check_accesses(mm_, &check, 1);
		return check.outcome;
	}

	kapi_pid *pid_ = nullptr;
	kapi_mm *mm_ = nullptr;
};

TEST_F(host_process, mapped_ranges_come_in_batches)
{
	kapi_range out[4];

	ASSERT_EQ(kapi_mm_mapped(mm_, 0, out, 4), 2u);
	EXPECT_EQ(out[0].start, 16 * page);
	EXPECT_EQ(out[0].end, 32 * page);
	EXPECT_EQ(out[1].start, 64 * page);
	EXPECT_EQ(kapi_mm_mapped(mm_, 32 * page, out, 4), 1u);
	EXPECT_EQ(kapi_mm_mapped(mm_, 32 * page - 1, out, 1), 1u);
	EXPECT_EQ(out[0].end, 32 * page);
	EXPECT_EQ(kapi_mm_mapped(mm_, 65 * page, out, 4), 0u);
}

TEST_F(host_process, touching_mappings_come_as_one)
{
	kapi_range out[4];

	host::map(7, {32 * page, 40 * page});
	host::unmap(7, {20 * page, 21 * page});
	ASSERT_EQ(kapi_mm_mapped(mm_, 0, out, 4), 3u);
	EXPECT_EQ(out[0].end, 20 * page);
	EXPECT_EQ(out[1].start, 21 * page);
	EXPECT_EQ(out[1].end, 40 * page);
	ASSERT_EQ(kapi_mm_mapped(mm_, 20 * page, out, 1), 1u);
	EXPECT_EQ(out[0].end, 40 * page);
}

TEST_F(host_process, hot_pages_are_accessed_and_others_idle)
{
	host::set_hot(7, {{16 * page, 18 * page}});
	EXPECT_EQ(watch(16 * page), KAPI_ACCESSED);
	EXPECT_EQ(watch(17 * page), KAPI_ACCESSED);
	EXPECT_EQ(watch(18 * page), KAPI_IDLE);
	EXPECT_EQ(watch(32 * page), KAPI_IDLE);
	EXPECT_EQ(watch(0), KAPI_IDLE);
}

TEST_F(host_process, access_probability_is_met)
{
	u64 hits = 0;

	host::set_hot(7, {{16 * page, 32 * page}}, 250);
	for (int i = 0; i < 10'000; i++)
		hits += watch(16 * page) == KAPI_ACCESSED;
	EXPECT_NEAR(static_cast<double>(hits), 2500, 130); // three sigma
}

TEST_F(host_process, mapping_changed_between_clear_and_test_is_busy)
{
	host::set_hot(7, {{16 * page, 32 * page}});
	EXPECT_EQ(watch(20 * page, [] { host::map(7, {16 * page, 32 * page}); }), KAPI_BUSY);
	EXPECT_EQ(watch(20 * page, [] { host::unmap(7, {16 * page, 32 * page}); }), KAPI_BUSY);
	EXPECT_EQ(watch(20 * page, [] { host::map(7, {16 * page, 32 * page}); }), KAPI_ACCESSED);
	EXPECT_EQ(watch(20 * page), KAPI_ACCESSED);
}

TEST_F(host_process, script_decides_accesses)
{
	host::use_virtual_clock();
	host::set_page_script(7, [](u64 address, u64 cleared_ns, u64 tested_ns) {
		EXPECT_EQ(address, 20 * page);
		return tested_ns - cleared_ns >= 100 ? KAPI_ACCESSED : KAPI_IDLE;
	});
	EXPECT_EQ(watch(20 * page, [] { host::spend(99); }), KAPI_IDLE);
	EXPECT_EQ(watch(20 * page, [] { host::spend(100); }), KAPI_ACCESSED);
}

TEST_F(host_process, calls_and_costs_are_counted)
{
	kapi_access_check checks[3] = {};

	for (u64 i = 0; i < 3; i++)
		checks[i].addr = (16 + i) * page;
	host::use_virtual_clock();
	host::set_check_cost_ns(50);
	const u64 before_ns = kapi_now_ns();
	kapi_prepare_access_checks(mm_, checks, 3);
	kapi_check_accesses(mm_, checks, 3);
	EXPECT_EQ(kapi_now_ns() - before_ns, 300u);
	EXPECT_EQ(host::counts().clear_calls, 1u);
	EXPECT_EQ(host::counts().prepared_checks, 3u);
	EXPECT_EQ(host::counts().tested_checks, 3u);
}

TEST_F(host_process, misuse_aborts)
{
	kapi_access_check checks[2] = {};

	checks[0].addr = 17 * page;
	checks[1].addr = 16 * page;
	EXPECT_DEATH(kapi_prepare_access_checks(mm_, checks, 2), "out of order");
	EXPECT_DEATH(kapi_check_accesses(mm_, checks, 1), "without a clearing");
	checks[0].addr = 1;
	EXPECT_DEATH(kapi_prepare_access_checks(mm_, checks, 1), "not page aligned");
}

TEST_F(host_process, held_address_space_outlives_process)
{
	kapi_range out[1];

	host::end_process(7);
	EXPECT_EQ(kapi_mm_mapped(mm_, 0, out, 1), 1u);
	EXPECT_EQ(kapi_mm_get(pid_), nullptr);
	EXPECT_EQ(kapi_pid_get(7), nullptr);
}

TEST_F(host_process, reused_pid_is_another_process)
{
	host::end_process(7);
	host::add_process(7);
	EXPECT_EQ(kapi_mm_get(pid_), nullptr);
	kapi_pid *again = kapi_pid_get(7);
	ASSERT_NE(again, nullptr);
	EXPECT_NE(again, pid_);
	kapi_pid_put(again);
}

TEST_F(host_process, references_are_counted)
{
	EXPECT_EQ(host::held_pids(), 1u);
	EXPECT_EQ(host::held_mms(), 1u);
	EXPECT_EQ(host::leaks(), "1 references to pids\n1 references to address spaces\n");
}

} // namespace
