// SPDX-License-Identifier: GPL-2.0
// Results that are brought up to date when they are read, and what that means for a commit.
#include "sysfs_tree.hh"

#include <cerrno>

namespace {

using namespace host;

constexpr u64 ms = 1'000'000;

class sysfs_refresh : public sysfs_tree {
protected:
	const std::string intervals = context + "monitoring_attrs/intervals/";

	void SetUp() override
	{
		use_virtual_clock();
		sysfs_tree::SetUp();
		stage_process();
	}
	void tune()
	{
		put(intervals + "intervals_goal/access_bp", "400\n");
		put(intervals + "intervals_goal/aggrs", "3\n");
		put(intervals + "intervals_goal/min_sample_us", "5000\n");
		put(intervals + "intervals_goal/max_sample_us", "40000\n");
	}
	u64 number(const std::string &path) { return std::stoull(read(path)); }
	u64 snapshots() { return number(scheme + "stats/nr_snapshots"); }
	std::string running_sample_us()
	{
		const std::string all = read(context + "stats");
		const size_t at = all.find("sample_us ") + 10;
		return all.substr(at, all.find('\n', at) - at);
	}
};

TEST_F(sysfs_refresh, refresh_ms_zero_refreshes_nothing)
{
	tune();
	run("on");
	run_for(30'000 * ms);
	EXPECT_EQ(snapshots(), 0u);
	EXPECT_EQ(read(intervals + "sample_us"), "5000\n");
	run("off");
}

TEST_F(sysfs_refresh, read_is_not_older_than_refresh_ms)
{
	put(kdamond + "refresh_ms", "300\n");
	run("on");
	run_for(1050 * ms);
	EXPECT_EQ(snapshots(), 10u);
	run_for(250 * ms);
	EXPECT_EQ(snapshots(), 10u); // as old as it may be
	EXPECT_NE(read(scheme + "stats/sz_tried"), "0\n");
	run_for(100 * ms);
	EXPECT_EQ(snapshots(), 14u);
	run("off");
}

TEST_F(sysfs_refresh, each_kdamond_has_its_own_timer)
{
	put("kdamonds/nr_kdamonds", "2\n");
	for (const char *k : {"0", "1"}) {
		const std::string dir = std::string{"kdamonds/"} + k + "/";
		put(dir + "contexts/nr_contexts", "1\n");
		put(dir + "contexts/0/targets/nr_targets", "1\n");
		put(dir + "contexts/0/targets/0/pid_target", std::to_string(pid) + "\n");
		put(dir + "contexts/0/schemes/nr_schemes", "1\n");
		put(dir + "refresh_ms", *k == '0' ? "10000\n" : "100\n");
		put(dir + "state", "on\n");
	}
	const auto rounds = [&](const char *k) {
		return number(std::string{"kdamonds/"} + k + "/contexts/0/schemes/0/stats/nr_snapshots");
	};
	run_for(1050 * ms);
	EXPECT_EQ(rounds("0"), 10u);
	EXPECT_EQ(rounds("1"), 10u);
	run_for(1000 * ms);
	EXPECT_EQ(rounds("1"), 20u);
	EXPECT_EQ(rounds("0"), 10u);
	run_for(10'000 * ms);
	EXPECT_EQ(rounds("0"), 120u);
	for (const char *k : {"0", "1"})
		put(std::string{"kdamonds/"} + k + "/state", "off\n");
}

TEST_F(sysfs_refresh, read_after_kdamond_ended_gives_last_values)
{
	put(kdamond + "refresh_ms", "1\n");
	EXPECT_EQ(snapshots(), 0u); // never started
	run("on");
	run_for(1050 * ms);
	EXPECT_EQ(snapshots(), 10u);
	run("off");
	run_for(1000 * ms);
	EXPECT_EQ(snapshots(), 10u);
}

TEST_F(sysfs_refresh, tuned_intervals_are_shown_and_survive_commit)
{
	tune();
	put(kdamond + "refresh_ms", "10\n");
	run("on");
	run_for(30'000 * ms);
	EXPECT_EQ(read(intervals + "sample_us"), "40000\n");
	EXPECT_EQ(read(intervals + "aggr_us"), "800000\n");
	run("commit");
	EXPECT_EQ(running_sample_us(), "40000");
	run("off");

	// Shown last before they were tuned.
	put(intervals + "sample_us", "5000\n");
	put(intervals + "aggr_us", "100000\n");
	run("on");
	EXPECT_EQ(read(intervals + "sample_us"), "5000\n");
	run_for(30'000 * ms);
	run("commit");
	EXPECT_EQ(running_sample_us(), "40000");
	run("off");
}

TEST_F(sysfs_refresh, commit_without_refresh_takes_staged_intervals)
{
	tune();
	run("on");
	run_for(30'000 * ms);
	EXPECT_EQ(running_sample_us(), "40000");
	run("commit");
	EXPECT_EQ(running_sample_us(), "5000");
	run("off");
}

TEST_F(sysfs_refresh, intervals_written_stay_until_commit)
{
	tune();
	put(kdamond + "refresh_ms", "10\n");
	run("on");
	run_for(30'000 * ms);
	put(intervals + "sample_us", "10000\n");
	run_for(100 * ms);
	EXPECT_EQ(read(intervals + "sample_us"), "10000\n");
	// A commit that is refused does not lose them.
	put(context + "monitoring_attrs/nr_regions/min", "2\n");
	EXPECT_EQ(command("commit"), -EINVAL);
	run_for(100 * ms);
	EXPECT_EQ(read(intervals + "sample_us"), "10000\n");
	put(context + "monitoring_attrs/nr_regions/min", "10\n");
	run("commit");
	EXPECT_EQ(running_sample_us(), "10000");
	// And after it they are the kdamond's again.
	run_for(30'000 * ms);
	EXPECT_EQ(read(intervals + "sample_us"), "40000\n");
	run("off");
}

// What tuning has come to lies outside of the goal's new bounds.
TEST_F(sysfs_refresh, tuned_intervals_are_clamped_to_new_goal)
{
	tune();
	put(kdamond + "refresh_ms", "10\n");
	run("on");
	run_for(30'000 * ms);
	put(intervals + "intervals_goal/max_sample_us", "20000\n");
	run("commit");
	EXPECT_EQ(running_sample_us(), "20000");
	run("off");
}

TEST_F(sysfs_refresh, read_write_and_remove_at_once_do_not_deadlock)
{
	add_process(pid + 1, {{0x10000, 0x50000}});
	preempt(3);
	put(kdamond + "refresh_ms", "1\n");
	run("on");
	for (int round = 0; round < 30; round++) {
		thread scheme_reader("scheme", [&] { (void)read(scheme + "stats/nr_tried"); });
		thread interval_reader("interval", [&] { (void)read(intervals + "sample_us"); });
		thread stats_reader("stats", [&] { (void)read(context + "stats"); });
		thread remover("remover", [&] { (void)write(context + "schemes/nr_schemes", "0\n"); });
		thread committer("committer", [&] { (void)command("commit"); });
		run_for(7 * ms);
		for (thread *t : {&scheme_reader, &interval_reader, &stats_reader, &remover, &committer})
			t->join();
		(void)write(context + "schemes/nr_schemes", "1\n");
	}
	preempt(0);
	run("off");
}

TEST_F(sysfs_refresh, refresh_enomem_fails_and_changes_nothing)
{
	put(kdamond + "refresh_ms", "1\n");
	run("on");
	run_for(1000 * ms);
	fail_nth(1);
	EXPECT_EQ(read_errno(scheme + "stats/nr_snapshots"), -ENOMEM);
	fail_nth(0);
	EXPECT_EQ(snapshots(), 10u);
	run("off");
}

} // namespace
