// SPDX-License-Identifier: GPL-2.0
// What is monitored, and how, by the files of a context: from sysfs to the kdamond and back.
#include "sysfs_tree.hh"

#include <cerrno>

namespace {

using namespace host;

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;

class sysfs_monitoring : public sysfs_tree {
protected:
	void SetUp() override
	{
		use_virtual_clock();
		sysfs_tree::SetUp();
	}

	u64 number(const std::string &path) { return std::stoull(read(path)); }
	u64 monitored_bytes()
	{
		run("update_schemes_tried_bytes");
		return number(scheme + "tried_regions/total_bytes");
	}
};

TEST_F(sysfs_monitoring, update_tuned_intervals_shows_them)
{
	const std::string intervals = context + "monitoring_attrs/intervals/";

	stage_process();
	put(intervals + "intervals_goal/access_bp", "400\n");
	put(intervals + "intervals_goal/aggrs", "3\n");
	put(intervals + "intervals_goal/min_sample_us", "5000\n");
	put(intervals + "intervals_goal/max_sample_us", "40000\n");
	run("on");
	run_for(30'000 * ms);
	EXPECT_EQ(read(intervals + "sample_us"), "5000\n");
	run("update_tuned_intervals");
	EXPECT_EQ(read(intervals + "sample_us"), "40000\n"); // nothing is accessed
	EXPECT_EQ(read(intervals + "aggr_us"), "800000\n");
	run("off");
	refuse_command("update_tuned_intervals", ECANCELED, "state: the kdamond does not run");
}

TEST_F(sysfs_monitoring, intervals_goal_impossible_is_refused)
{
	const std::string intervals = context + "monitoring_attrs/intervals/";

	stage_process();
	put(intervals + "intervals_goal/aggrs", "3\n");
	refuse_command("on", EINVAL,
		       "contexts/0/monitoring_attrs/intervals: sample_us 5000 is not within the "
		       "goal's 0 to 0");
}

TEST_F(sysfs_monitoring, pause_stops_sampling_until_commit_ends_it)
{
	stage_process();
	run("on");
	put(context + "pause", "Y\n");
	run("commit");
	run_for(50 * ms);
	const u64 probes = counts().prepared_checks;
	run_for(1000 * ms);
	EXPECT_EQ(counts().prepared_checks, probes);
	EXPECT_EQ(read(kdamond + "state"), "on\n");
	refuse_command("update_schemes_tried_bytes", ECANCELED,
		       "state: the kdamond is paused, ended, or has no scheme");
	put(context + "pause", "N\n");
	run("commit");
	run_for(50 * ms);
	EXPECT_GT(counts().prepared_checks, probes);
	run("off");
}

TEST_F(sysfs_monitoring, obsolete_target_of_exited_process_goes_with_commit)
{
	stage_process();
	add_process(124, {{0x100000, 0x200000}});
	put(context + "targets/nr_targets", "2\n");
	put(context + "targets/0/pid_target", std::to_string(pid) + "\n");
	put(context + "targets/1/pid_target", "124\n");
	run("on");
	EXPECT_EQ(monitored_bytes(), u64{0x140000});

	end_process(pid);
	put(context + "targets/0/obsolete_target", "Y\n");
	run("commit");
	EXPECT_EQ(monitored_bytes(), u64{0x100000});

	// The number names another one now.
	put(context + "targets/0/obsolete_target", "N\n");
	put(context + "targets/0/pid_target", "124\n");
	put(context + "targets/1/obsolete_target", "Y\n");
	refuse_command("commit", EINVAL,
		       "contexts/0/targets/1/obsolete_target: there is no such target to remove");
	run("off");
}

TEST_F(sysfs_monitoring, addr_unit_of_paddr_scales_addresses)
{
	add_process(ram, {{mib, 64 * mib}});
	stage();
	put(context + "operations", "paddr\n");
	EXPECT_EQ(write(context + "addr_unit", "0\n"), -EINVAL);
	put(context + "addr_unit", "3\n");
	refuse_command("on", EINVAL,
		       "contexts/0/addr_unit: 3 is neither a power of two nor above 4096");
	put(context + "addr_unit", "16\n");
	put(context + "targets/0/regions/nr_regions", "1\n");
	put(context + "targets/0/regions/0/start", "131072\n"); // 2 MiB
	put(context + "targets/0/regions/0/end", "262144\n");	// 4 MiB
	run("on");
	EXPECT_EQ(monitored_bytes(), 2 * mib / 16);
	run("update_schemes_tried_regions");
	EXPECT_EQ(read(scheme + "tried_regions/0/start"), "131072\n");
	run("update_schemes_stats");
	EXPECT_EQ(number(scheme + "stats/sz_tried") % (2 * mib / 16), 0u);

	put(context + "targets/0/regions/0/end", "18446744073709551615\n");
	refuse_command("commit", EINVAL,
		       "contexts/0/targets/0/regions/0/end: 18446744073709551615 units are "
		       "beyond all addresses");
	// Sizes in a pattern are in units, too: no region is as large.
	put(context + "targets/0/regions/0/end", "262144\n");
	put(scheme + "access_pattern/sz/min", "131073\n");
	run("commit");
	EXPECT_EQ(monitored_bytes(), 0u);
	run("off");
}

TEST_F(sysfs_monitoring, addr_unit_of_vaddr_has_no_effect)
{
	stage_process();
	put(context + "addr_unit", "3\n");
	run("on");
	EXPECT_EQ(monitored_bytes(), u64{0x40000});
	run("off");
}

} // namespace
