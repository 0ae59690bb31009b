// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/budget.hh"
#include "damonxx/lib/own.hh"
#include "damonxx/lib/prng.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

constexpr u64 second = 1'000'000'000;
constexpr u64 ms = 1'000'000;

// The timing of a kdamond: samples of 5 ms, aggregations of 20 samples.
struct mock_kdamond {
	static constexpr u64 sample_ns = 5 * ms;
	static constexpr u32 aggr_samples = 20;
	static constexpr u32 most_slices = 256;	// in a second

	cpu_budget budget;
	u64 permil;
	u32 regions;
	u64 check_ns = 200;
	u64 work_ns = 0; // at the end of an aggregation
	u64 wake_ns = 0;

	u64 now = second;
	u64 used = 0;
	u64 checks = 0;
	u64 samples = 0, skipped = 0;
	u64 largest_slice = 0;
	u64 most_over_budget = 0;	// in any second so far
	u32 until_work = aggr_samples;
	u64 taken = 0, taken_in_last = 0;

	struct slice {
		u64 at, took;
	} recent[most_slices] = {};
	u64 nr_slices = 0;

	mock_kdamond(u64 share, u32 nr_regions) : permil{share}, regions{nr_regions}
	{
		budget.set_share(permil);
		budget.account(now, used);
	}

	// Accounts work, and computes the use in the second that ends with it.
	void work(u64 took)
	{
		u64 sum = 0;

		recent[nr_slices++ % most_slices] = {now, took};
		used += took;
		largest_slice = max(largest_slice, took);
		for (const slice &s : recent)
			sum += s.at + second > now ? s.took : 0;
		most_over_budget = max(most_over_budget, sum - min(sum, permil * ms));
	}

	void step()
	{
		budget.account(now, used);
		u64 left_out = (budget.debt_ns() + sample_ns - 1) / sample_ns;
		if (left_out) {
			work(wake_ns);
			skipped += left_out;
			until_work -= static_cast<u32>(min(left_out, u64{until_work}));
			now += left_out * sample_ns;
			return;
		}
		const u32 n =
			budget.plan(sample_ns, {work_ns, aggr_samples, taken_in_last}, regions);
		const u64 looking = wake_ns + n * check_ns;
		const bool closes = until_work <= 1;

		checks += n;
		samples++;
		work(looking + (closes ? work_ns : 0));
		budget.learn(looking);
		until_work = closes ? aggr_samples : until_work - 1;
		taken++;
		if (closes)
			taken_in_last = std::exchange(taken, 0);
		now += sample_ns;
	}

	void run_for(u64 duration_ns)
	{
		for (const u64 end = now + duration_ns; now < end;)
			step();
	}
};

} // namespace

CASE(budget, share_unlimited_checks_every_region_each_sample)
{
	auto made = make_own<mock_kdamond>(0, 10'000);
	ASSERT_OK(made);
	const own<mock_kdamond> w = move(made).take();

	w->check_ns = 1000;
	w->run_for(2 * second);
	EXPECT_EQUAL(w->skipped, 0u);
	EXPECT_EQUAL(w->checks, w->samples * 10'000);
}

CASE(budget, share_sufficient_skips_no_region)
{
	auto made = make_own<mock_kdamond>(100, 1000);
	ASSERT_OK(made);
	const own<mock_kdamond> w = move(made).take();

	w->run_for(second);
	w->checks = w->samples = w->skipped = 0;
	w->run_for(second);
	EXPECT_EQUAL(w->skipped, 0u);
	EXPECT_EQUAL(w->checks, w->samples * 1000);
}

// Most of the share is used, and in any second no more than the share plus one slice.
CASE(budget, use_in_any_second_within_share_plus_one_slice)
{
	for (const u64 permil : {1, 20, 300})
		for (const u32 regions : {10u, 1'000u, 10'000u})
			for (const u64 work_ns : {u64{0}, 3 * ms}) {
				auto made = make_own<mock_kdamond>(permil, regions);
				ASSERT_OK(made);
				const own<mock_kdamond> w = move(made).take();

				w->work_ns = work_ns;
				w->wake_ns = 4'000;
				w->run_for(3 * second);
				EXPECT_AT_MOST(w->most_over_budget, w->largest_slice);
				const u64 before = w->used;
				const u64 wanted =
					10 * 200 * (4'000 + u64{regions} * 200) + 10 * 10 * work_ns;
				w->run_for(10 * second);
				EXPECT_AT_MOST(w->used - before, permil * 10 * ms + w->largest_slice);
				EXPECT_AT_MOST(min(wanted, permil * 10 * ms) * 7 / 10,
					       w->used - before + w->largest_slice);
			}
}

// The cost of a check jumps as memory is swapped, shared or huge.
CASE(budget, use_with_changing_costs_within_share_plus_one_slice)
{
	prng random{11};

	for (u32 round = 0; round < 15; round++) {
		const auto regions = static_cast<u32>(random.between(10, 10'000));
		auto made = make_own<mock_kdamond>(random.between(1, 200), regions);
		ASSERT_OK(made);
		const own<mock_kdamond> w = move(made).take();

		w->wake_ns = random.below(10'000);
		for (u32 phase = 0; phase < 20; phase++) {
			w->check_ns = u64{1} << random.between(4, 14);
			w->work_ns = random.below(4 * ms);
			w->regions = static_cast<u32>(random.between(10, 10'000));
			w->run_for(random.between(20, 700) * ms);
			ASSERT_AT_MOST(w->most_over_budget, w->largest_slice);
		}
	}
}

// Regions are checked even if aggregation work alone exceeds the share.
CASE(budget, checks_with_costly_aggregation_get_half_of_the_share)
{
	auto made = make_own<mock_kdamond>(20, 10'000);
	ASSERT_OK(made);
	const own<mock_kdamond> w = move(made).take();

	w->work_ns = 20 * ms;
	w->check_ns = 1000;
	w->run_for(20 * second);
	EXPECT_AT_MOST(20 * 20 * ms / 18, w->checks * w->check_ns);
	EXPECT_AT_MOST(w->most_over_budget, w->largest_slice);
}

CASE(budget, debt_after_share_is_disabled_is_zero)
{
	auto made = make_own<mock_kdamond>(500, 10);
	ASSERT_OK(made);
	const own<mock_kdamond> w = move(made).take();

	w->run_for(second);
	w->budget.set_share(1);
	EXPECT_LESS(0u, w->budget.debt_ns());
	w->budget.set_share(0);
	EXPECT_EQUAL(w->budget.debt_ns(), 0u);
}
