// SPDX-License-Identifier: GPL-2.0
// What others can do while a command waits for a round that is a long way off.
#include "sysfs_tree.hh"

#include <cerrno>

namespace {

using namespace host;

constexpr u64 ms = 1'000'000;

class sysfs_waiting : public sysfs_tree {
protected:
	void SetUp() override
	{
		use_virtual_clock();
		sysfs_tree::SetUp();
	}

	void wait_for_long(const std::function<void()> &meanwhile, long outcome)
	{
		stage_process();
		put(scheme + "apply_interval_us", "3600000000\n");
		run("on");
		thread waiter("waiter",
			      [&] { EXPECT_EQ(command("update_schemes_tried_regions"), outcome); });
		run_for(1'000'000'000);
		EXPECT_FALSE(waiter.is_done());
		waiter_ = &waiter;
		meanwhile();
		waiter.join();
	}

	void restart_while_asked(const std::function<void()> &ask);

	thread *waiter_ = nullptr;
};

TEST_F(sysfs_waiting, off_cancels_waiting_command)
{
	wait_for_long([&] { run("off"); }, -ECANCELED);
}

TEST_F(sysfs_waiting, on_right_after_off_succeeds)
{
	const auto restart = [&] {
		run("off");
		run("on");
		run("off");
	};
	wait_for_long(restart, -ECANCELED);
}

TEST_F(sysfs_waiting, waiting_command_does_not_block_others)
{
	const auto others = [&] {
		EXPECT_EQ(read(kdamond + "state"), "on\n");
		refuse_command("on", EBUSY, "state: the kdamond is already running");
		refuse_command("update_schemes_tried_bytes", EBUSY,
			       "state: another task waits for tried regions");
		EXPECT_EQ(write("kdamonds/nr_kdamonds", "1\n"), -EBUSY);
		run("update_schemes_stats");
		put(context + "targets/nr_targets", "2\n");
		put(context + "schemes/nr_schemes", "2\n");
		put(kdamond + "contexts/nr_contexts", "1\n");
		run("off");
	};
	wait_for_long(others, -ECANCELED);
}

TEST_F(sysfs_waiting, signal_ends_waiting_command)
{
	const auto interrupt = [&] {
		waiter_->signal();
		waiter_->join();
		EXPECT_EQ(last_error(), "state: interrupted by a signal\n");
		run("off");
	};
	wait_for_long(interrupt, -EINTR);
}

TEST_F(sysfs_waiting, context_directory_removed_during_wait_is_harmless)
{
	stage_process();
	run("on");
	thread waiter("waiter", [&] {
		EXPECT_EQ(command("update_schemes_tried_regions"), -EINVAL);
		EXPECT_EQ(last_error(), "contexts: exactly one is needed\n");
	});
	run_for(1'000'000);
	put(kdamond + "contexts/nr_contexts", "0\n");
	waiter.join();
	run("off");
}

/*
 * The kdamond is turned off and on while @ask is on its way, which shows how many regions the scheme has tried: none
 * since it was turned on.  Who has asked the kdamond that ended must not show that now.
 */
void sysfs_waiting::restart_while_asked(const std::function<void()> &ask)
{
	const std::string shown = scheme + "stats/nr_tried";
	u32 late = 0;

	seed(1);
	for (u32 round = 0; round < 300; round++) {
		// Never twice in a row the same number.
		run("on");
		run_for((100 * (1 + round % 7) + 30) * ms);
		put(kdamond + "refresh_ms", "1\n");
		preempt(2);
		thread asker("asker", ask);
		// From somewhere in the middle of it, the rest happens at once, as far as nothing waits.
		for (u32 steps = 0; steps < round % 16; steps++)
			(void)read(kdamond + "pid");
		preempt(8);
		run("off");
		run("on");
		put(kdamond + "refresh_ms", "0\n");
		const std::string before = read(shown);
		late += !asker.is_done();
		asker.join();
		preempt(0);
		const std::string after = read(shown);
		EXPECT_TRUE(after == before || after == "0\n") << before << after;
		run("off");
	}
	EXPECT_GT(late, 0u);
}

TEST_F(sysfs_waiting, results_of_the_run_before_are_not_shown_by_a_command)
{
	stage_process();
	restart_while_asked([&] { (void)command("update_schemes_stats"); });
}

TEST_F(sysfs_waiting, results_of_the_run_before_are_not_shown_by_a_refresh)
{
	stage_process();
	restart_while_asked([&] { (void)read(scheme + "stats/sz_tried"); });
}

} // namespace
