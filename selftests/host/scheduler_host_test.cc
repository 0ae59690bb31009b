// SPDX-License-Identifier: GPL-2.0
// The virtual clock runs one thread at a time, in an order that only the seed decides.
#include "host.hh"

#include <cerrno>
#include <gtest/gtest.h>

namespace {

struct ticker {
	u64 interval_ns = 10;
	std::vector<u64> ticks_ns;
	kapi_thread *thread = nullptr;
	bool ended = false;

	static void run(kapi_thread *self, void *argument)
	{
		ticker &t = *static_cast<ticker *>(argument);

		while (!kapi_thread_should_stop()) {
			t.ticks_ns.push_back(kapi_now_ns());
			kapi_thread_sleep_until(self, kapi_now_ns() + t.interval_ns);
		}
		t.ended = true;
	}

	void start() { ASSERT_EQ(kapi_thread_start(&thread, "ticker", run, this), 0); }
	void stop() { kapi_thread_stop(thread); }
};

TEST(virtual_clock, sleep_jumps_to_next_deadline)
{
	ticker t;

	host::use_virtual_clock();
	const u64 begin_ns = kapi_now_ns();
	t.start();
	EXPECT_TRUE(t.ticks_ns.empty());
	host::run_for(30);
	EXPECT_EQ(kapi_now_ns(), begin_ns + 30);
	EXPECT_EQ(t.ticks_ns,
		  (std::vector<u64>{begin_ns, begin_ns + 10, begin_ns + 20, begin_ns + 30}));
	t.stop();
	EXPECT_TRUE(t.ended);
	EXPECT_EQ(kapi_now_ns(), begin_ns + 30);
}

TEST(virtual_clock, stop_or_wake_ends_a_sleep)
{
	ticker t;

	host::use_virtual_clock();
	t.interval_ns = 1'000'000;
	t.start();
	host::run_for(1);
	EXPECT_EQ(t.ticks_ns.size(), 1u);
	kapi_thread_wake(t.thread);
	host::run_for(1);
	EXPECT_EQ(t.ticks_ns.size(), 2u);
	t.stop();
	EXPECT_EQ(t.ticks_ns.size(), 2u);
}

TEST(virtual_clock, wake_before_sleep_ends_that_sleep)
{
	ticker t;

	host::use_virtual_clock();
	t.interval_ns = 1000;
	t.start();
	kapi_thread_wake(t.thread);
	host::run_for(1);
	EXPECT_EQ(t.ticks_ns.size(), 2u);
	t.stop();
}

TEST(virtual_clock, two_threads_share_the_time)
{
	ticker a, b;

	host::use_virtual_clock();
	a.interval_ns = 10;
	b.interval_ns = 25;
	a.start();
	b.start();
	host::run_for(100);
	EXPECT_EQ(a.ticks_ns.size(), 11u);
	EXPECT_EQ(b.ticks_ns.size(), 5u);
	a.stop();
	b.stop();
}

TEST(virtual_clock, waiting_thread_lets_others_run)
{
	kapi_completion done;
	u64 at_ns = 0;

	kapi_completion_init(&done);
	host::use_virtual_clock();
	host::thread helper("helper", [&] {
		host::spend(5);
		at_ns = kapi_now_ns();
		kapi_completion_complete(&done);
	});
	kapi_completion_wait(&done);
	EXPECT_EQ(at_ns, kapi_now_ns());
}

TEST(virtual_clock, deadlock_is_named)
{
	auto deadlock = [] {
		kapi_completion never;

		host::use_virtual_clock();
		kapi_completion_init(&never);
		kapi_completion_wait(&never);
	};
	EXPECT_DEATH(deadlock(), "'test' waits for a completion");
}

// Two threads add to a counter in two steps; only preemption can lose an addition.
u64 count_in_two_steps(u32 preempt_one_in, u64 seed)
{
	host::reset();
	host::seed(seed);
	host::use_virtual_clock();
	host::preempt(preempt_one_in);
	u64 counter = 0;
	auto add = [&] {
		for (int i = 0; i < 20; i++) {
			const u64 seen = counter;
			kapi_cond_resched();
			counter = seen + 1;
		}
	};
	host::thread a("a", add);
	host::thread b("b", add);
	a.join();
	b.join();
	return counter;
}

TEST(virtual_clock, preemption_is_repeatable_by_seed)
{
	EXPECT_EQ(count_in_two_steps(0, 1), 40u);
	EXPECT_LT(count_in_two_steps(3, 1), 40u);
	EXPECT_EQ(count_in_two_steps(3, 1), count_in_two_steps(3, 1));
}

TEST(real_clock, sleeping_thread_stops)
{
	ticker t;

	t.interval_ns = 100'000;
	t.start();
	while (host::counts().sleeps < 3)
		;
	t.stop();
	EXPECT_GE(t.ticks_ns.size(), 3u);
	for (size_t i = 1; i < t.ticks_ns.size() - 1; i++)
		EXPECT_GE(t.ticks_ns[i] - t.ticks_ns[i - 1], 100'000u);
}

TEST(real_clock, stop_ends_an_endless_sleep)
{
	ticker t;

	t.interval_ns = ~0ULL - kapi_now_ns() - 1'000'000'000'000;
	t.start();
	t.stop();
	EXPECT_TRUE(t.ended);
}

TEST(host_threads, start_failure_is_reported)
{
	ticker t;

	host::fail_nth(1);
	EXPECT_EQ(kapi_thread_start(&t.thread, "ticker", ticker::run, &t), -ENOMEM);
}

TEST(host_threads, running_thread_at_end_is_a_leak)
{
	ticker t;

	t.start();
	EXPECT_EQ(host::leaks(), "thread 'ticker'\n");
	EXPECT_TRUE(t.ended);
	EXPECT_EQ(host::leaks(), "");
}

} // namespace
