// SPDX-License-Identifier: GPL-2.0
#include "schemes/quota.hh"
#include "damonxx/lib/prng.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

constexpr u64 ms_ns = 1'000'000;

void begin(quota_account &account, const quota_inputs &wanted, u64 now_ns,
	   u64 goal_bytes = u64_max)
{
	account.begin_window(wanted, now_ns);
	account.allow(wanted, goal_bytes);
}

/*
 * The effective quota of a window, as in DAMON's documentation: the minimum of the bytes that the
 * goals allow, those that the time quota allows at the speed so far (at first 1,024 pages per ms;
 * at least a page), and the size quota.
 */
struct quota_model {
	u64 bytes_before = 0, ns_before = 0, bytes = 0, ns = 0;

	void begin_window()
	{
		bytes_before += bytes;
		ns_before += ns;
		bytes = ns = 0;
	}
	u64 allowed(const quota_inputs &wanted, u64 goal_bytes) const
	{
		const u64 per_ms = ns_before ? bytes_before * ms_ns / ns_before : 1'024 * page_bytes;
		u64 all = wanted.bytes ? wanted.bytes : u64_max;

		if (wanted.ms && all > per_ms * wanted.ms)
			all = per_ms * wanted.ms;
		if (wanted.ms && per_ms * wanted.ms < page_bytes)
			all = wanted.bytes && wanted.bytes < page_bytes ? wanted.bytes : page_bytes;
		return all < goal_bytes ? all : goal_bytes;
	}
	void charge(const quota_inputs &wanted, u64 tried, u64 applied, u64 took_ns)
	{
		ns += took_ns;
		if (!wanted.fail_charge_denom || applied > tried)
			bytes += tried;
		else
			bytes += applied + (tried - applied) * wanted.fail_charge_num / wanted.fail_charge_denom;
	}
};

} // namespace

CASE(quota, windows_of_any_limits_match_the_specification)
{
	prng random{5};

	for (int i = 0; i < 300; i++) {
		quota_inputs wanted;
		quota_account account;
		quota_model model;

		wanted.ms = random.below(3) ? random.below(20) : 0;
		wanted.bytes = random.below(3) ? random.below(10'000 * page_bytes) : 0;
		wanted.fail_charge_denom = static_cast<u32>(random.below(4));
		wanted.fail_charge_num = static_cast<u32>(random.below(5));
		for (int window = 0; window < 8; window++) {
			const u64 goal = random.below(4) ? u64_max : random.below(1'000 * page_bytes);

			account.begin_window(wanted, 0);
			model.begin_window();
			account.allow(wanted, goal);
			const u64 allowed = model.allowed(wanted, goal);
			ASSERT_EQUAL(account.effective_bytes(), allowed);
			for (u64 parts = random.below(4); parts; parts--) {
				const u64 tried = page_bytes * random.between(1, 500);
				const u64 applied = page_bytes * random.below(600);
				const u64 took_ns = random.below(2 * ms_ns);

				account.charge(wanted, tried, applied, took_ns);
				model.charge(wanted, tried, applied, took_ns);
				ASSERT_EQUAL(account.charged_bytes(), model.bytes);
				const u64 rest = allowed > model.bytes ? allowed - model.bytes : 0;
				ASSERT_EQUAL(account.full(wanted),
					     rest < page_bytes || (wanted.ms && model.ns >= wanted.ms * ms_ns));
			}
		}
	}
}

CASE(quota, look_begins_first_window_at_once)
{
	quota_inputs wanted;
	quota_account account;

	wanted.bytes = 10 * page_bytes;
	wanted.reset_interval_ms = 1'000;
	EXPECT(account.look(wanted, 0) == quota_account::news::window);
	begin(account, wanted, 0);
	EXPECT_EQUAL(account.effective_bytes(), 10 * page_bytes);
	EXPECT(account.look(wanted, 999 * ms_ns) == quota_account::news::none);
	EXPECT(account.look(wanted, 1'000 * ms_ns) == quota_account::news::window);
}

CASE(quota, look_late_or_with_extreme_interval_decides_window)
{
	quota_inputs wanted;
	quota_account account;

	wanted.bytes = page_bytes;
	wanted.reset_interval_ms = 10;
	begin(account, wanted, u64_max - 100 * ms_ns);
	EXPECT(account.look(wanted, u64_max) == quota_account::news::window);
	wanted.reset_interval_ms = u64_max;
	EXPECT(account.look(wanted, u64_max) == quota_account::news::none);
	wanted.reset_interval_ms = 0;
	EXPECT(account.look(wanted, u64_max - 100 * ms_ns) == quota_account::news::window);
}

CASE(quota, left_bytes_are_whole_pages)
{
	quota_inputs wanted;
	quota_account account;

	wanted.bytes = 3 * page_bytes - 1;
	begin(account, wanted, 0);
	EXPECT_EQUAL(account.left_bytes(wanted), 2 * page_bytes);
	EXPECT(account.charge(wanted, 2 * page_bytes, 2 * page_bytes, 0));
	EXPECT(account.full(wanted));
	account.begin_window(wanted, 1);
	EXPECT(!account.full(wanted));
}

CASE(quota, left_bytes_with_blocks_are_whole_blocks)
{
	quota_inputs wanted;
	quota_account account;

	wanted.block_bytes = 512 * page_bytes;
	wanted.bytes = 3 * wanted.block_bytes - page_bytes;
	begin(account, wanted, 0);
	EXPECT_EQUAL(account.left_bytes(wanted), 2 * wanted.block_bytes);
	EXPECT(!account.charge(wanted, wanted.block_bytes, 0, 0));
	EXPECT_EQUAL(account.left_bytes(wanted), wanted.block_bytes);
	EXPECT(account.charge(wanted, wanted.block_bytes, 0, 0));
	EXPECT(account.full(wanted));
	// A quota below one block is used in pages.
	wanted.bytes = 7 * page_bytes;
	begin(account, wanted, 1);
	EXPECT_EQUAL(account.left_bytes(wanted), 7 * page_bytes);
	EXPECT_EQUAL(account.cut_bytes(wanted), page_bytes);
}

CASE(quota, charge_for_another_in_pool_reduces_what_is_left)
{
	quota_inputs wanted;
	quota_account account;

	wanted.bytes = 10 * page_bytes;
	wanted.ms = 10;
	wanted.pool = 3;
	begin(account, wanted, 0);
	EXPECT(!account.charge(wanted, 2 * page_bytes, 0, 3 * ms_ns));
	EXPECT(!account.charge_for_another(wanted, 5 * page_bytes, 4 * ms_ns));
	EXPECT_EQUAL(account.charged_bytes(), 2 * page_bytes);
	EXPECT_EQUAL(account.left_bytes(wanted), 3 * page_bytes);
	EXPECT_EQUAL(account.left_ns(wanted), 3 * ms_ns);
	EXPECT(account.charge(wanted, 3 * page_bytes, 0, 0));
	EXPECT(account.full(wanted));
	begin(account, wanted, 1'000 * ms_ns);
	EXPECT(account.charge_for_another(wanted, 0, 10 * ms_ns));
	EXPECT(!account.charge_for_another(wanted, page_bytes, ms_ns));
	EXPECT_EQUAL(account.left_ns(wanted), 0u);
	// Without a pool the whole quota is left.
	wanted.pool = 0;
	EXPECT_EQUAL(account.left_ns(wanted), 10 * ms_ns);
}

CASE(quota, charge_reports_exhausted_window_once)
{
	quota_inputs wanted;
	quota_account account;

	wanted.bytes = 3 * page_bytes;
	begin(account, wanted, 0);
	EXPECT(!account.charge(wanted, 2 * page_bytes, 0, 0));
	EXPECT(account.charge(wanted, page_bytes, 0, 0));
	// The quota is raised within the window.
	wanted.bytes = 4 * page_bytes;
	account.allow(wanted, u64_max);
	EXPECT(!account.full(wanted));
	EXPECT(!account.charge(wanted, page_bytes, 0, 0));
	begin(account, wanted, 1'000 * ms_ns);
	EXPECT(account.charge(wanted, 4 * page_bytes, 0, 0));
}

CASE(quota, look_early_or_late_keeps_window_pace)
{
	quota_inputs wanted;
	quota_account account;
	const auto asked = [&](u64 now_us) {
		const bool begins = account.look(wanted, now_us * 1'000, 2 * ms_ns) ==
				    quota_account::news::window;
		if (begins)
			account.begin_window(wanted, now_us * 1'000, 2 * ms_ns);
		return begins;
	};

	wanted.bytes = page_bytes;
	wanted.reset_interval_ms = 100;
	EXPECT(asked(50'000));
	EXPECT(!asked(147'999));
	EXPECT(asked(149'990));		// a little early
	EXPECT(!asked(151'000));	// within the window that began early
	EXPECT(!asked(247'000));
	EXPECT(asked(290'000));		// late: the next one does not wait
	EXPECT(asked(348'000));
	EXPECT(asked(1'049'000));	// in a long time one window begins, not many
	EXPECT(!asked(1'050'000));
	EXPECT(!asked(1'147'000));
	EXPECT(asked(1'148'000));
}

CASE(quota, charge_failed_bytes_by_configured_ratio)
{
	quota_inputs wanted;
	quota_account account;

	wanted.bytes = 100 * page_bytes;
	begin(account, wanted, 0);
	account.charge(wanted, 8 * page_bytes, 0, 0);
	EXPECT_EQUAL(account.charged_bytes(), 8 * page_bytes);
	wanted.fail_charge_num = 1;
	wanted.fail_charge_denom = 4;
	account.charge(wanted, 8 * page_bytes, 4 * page_bytes, 0);
	EXPECT_EQUAL(account.charged_bytes(), 13 * page_bytes);
	// A folio extends beyond the region.
	account.charge(wanted, 8 * page_bytes, 512 * page_bytes, 0);
	EXPECT_EQUAL(account.charged_bytes(), 21 * page_bytes);
}

CASE(quota, allow_zero_bytes_makes_quota_full)
{
	quota_inputs wanted;
	quota_account account;

	wanted.ms = 100;
	wanted.bytes = 100 * page_bytes;
	begin(account, wanted, 0, 0);
	EXPECT_EQUAL(account.effective_bytes(), 0u);
	EXPECT(account.full(wanted));
	account.allow(wanted, 7 * page_bytes);
	EXPECT_EQUAL(account.effective_bytes(), 7 * page_bytes);
}

CASE(quota, effective_bytes_of_time_follow_measured_speed)
{
	quota_inputs wanted;
	quota_account account;

	wanted.ms = 10;
	begin(account, wanted, 0);
	EXPECT_EQUAL(account.effective_bytes(), 10 * 1'024 * page_bytes);
	account.charge(wanted, 300 * page_bytes, 0, 3 * ms_ns);
	EXPECT_EQUAL(account.left_ns(wanted), 7 * ms_ns);
	begin(account, wanted, 1);
	EXPECT_EQUAL(account.effective_bytes(), 1'000 * page_bytes);
	account.charge(wanted, page_bytes, 0, 10 * ms_ns);
	EXPECT(account.full(wanted));
}

CASE(quota, effective_bytes_after_failures_allow_one_page)
{
	quota_inputs wanted;
	quota_account account;

	wanted.ms = 10;
	wanted.fail_charge_denom = 1;
	begin(account, wanted, 0);
	account.charge(wanted, 100 * page_bytes, 0, ms_ns);
	begin(account, wanted, 1);
	EXPECT_EQUAL(account.bytes_per_ms(), 0u);
	EXPECT_EQUAL(account.effective_bytes(), page_bytes);
	EXPECT(!account.full(wanted));
}

CASE(quota, charge_huge_amounts_saturates)
{
	quota_inputs wanted;
	quota_account account;

	wanted.ms = 1;
	for (int i = 0; i < 200; i++) {
		begin(account, wanted, 0);
		account.charge(wanted, u64{1} << 60, u64{1} << 60, u64{1} << 50);
	}
	begin(account, wanted, 0);
	EXPECT_EQUAL(account.bytes_per_ms(), 1'024 * ms_ns);
	wanted.bytes = u64_max;
	begin(account, wanted, 0);
	account.charge(wanted, u64_max, u64_max, u64_max);
	account.charge(wanted, u64_max, u64_max, u64_max);
	EXPECT_EQUAL(account.charged_bytes(), u64_max);
	EXPECT_EQUAL(account.left_bytes(wanted), 0u);
}

CASE(quota, revise_changes_limit_and_keeps_charge)
{
	quota_inputs wanted;
	quota_account account;

	wanted.bytes = 10 * page_bytes;
	wanted.reset_interval_ms = 1'000;
	begin(account, wanted, 0);
	account.charge(wanted, 4 * page_bytes, 0, 0);
	account.revise();
	wanted.bytes = 5 * page_bytes;
	EXPECT(account.look(wanted, 1) == quota_account::news::revised);
	account.allow(wanted, u64_max);
	EXPECT(account.look(wanted, 1) == quota_account::news::none);
	EXPECT_EQUAL(account.left_bytes(wanted), page_bytes);
}
