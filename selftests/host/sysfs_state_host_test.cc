// SPDX-License-Identifier: GPL-2.0
// What the state file's commands do, in a run of the real core under the virtual clock.
#include "sysfs_tree.hh"

#include <cerrno>

namespace {

using namespace host;

class sysfs_state : public sysfs_tree {
protected:
	void SetUp() override
	{
		use_virtual_clock();
		sysfs_tree::SetUp();
	}

	size_t nr_tried_dirs() { return list(scheme + "tried_regions").size() - 1; }

	static constexpr const char *needs_kdamond[] = {
		"commit",
		"commit_schemes_quota_goals",
		"update_schemes_effective_quotas",
		"update_schemes_stats",
		"update_schemes_tried_regions",
		"update_schemes_tried_bytes",
	};
};

TEST_F(sysfs_state, state_follows_on_and_off)
{
	stage_process();
	run("on");
	EXPECT_EQ(read(kdamond + "state"), "on\n");
	EXPECT_GT(std::stol(read(kdamond + "pid")), 0);
	run("off");
	EXPECT_EQ(read(kdamond + "state"), "off\n");
	EXPECT_EQ(read(kdamond + "pid"), "-1\n");
	run("off");
	run("on");
	run("off");
}

TEST_F(sysfs_state, last_error_is_cleared_by_success)
{
	stage_process();
	refuse_command("of", EINVAL, "state: \"of\" is not a keyword");
	run("on");
	EXPECT_EQ(last_error(), "\n");
	refuse_command("on", EBUSY, "state: the kdamond is already running");
	run("off");
	EXPECT_EQ(last_error(), "\n");
}

TEST_F(sysfs_state, state_unknown_keyword_fails_einval)
{
	stage();
	refuse_command("ON", EINVAL, "state: \"ON\" is not a keyword");
	refuse_command("on ", EINVAL, "state: \"on \" is not a keyword");
	refuse_command("", EINVAL, "state: \"\" is not a keyword");
	refuse_command("two\nlines", EINVAL, "state: \"two\" is not a keyword");
	refuse_command("on\n", EINVAL, "state: \"on\" is not a keyword");
	refuse_command(std::string(300, 'x'), EINVAL,
		       "state: \"" + std::string(48, 'x') + "\" is not a keyword");
}

TEST_F(sysfs_state, commands_before_first_on_fail_einval)
{
	stage_process();
	refuse_command("off", EINVAL, "state: the kdamond was never started");
	for (const char *keyword : needs_kdamond)
		refuse_command(keyword, EINVAL, "state: the kdamond was never started");
	run("clear_schemes_tried_regions");
	refuse_command("on now", EINVAL, "state: \"on now\" is not a keyword");
	put(context + "targets/0/pid_target", "124\n");
	refuse_command("on", EINVAL, "contexts/0/targets/0/pid_target: no process 124");
	refuse_command("off", EINVAL, "state: the kdamond was never started");
	put(context + "targets/0/pid_target", "123\n");
	run("on");
	run("off");
	put("kdamonds/nr_kdamonds", "1\n");
	refuse_command("off", EINVAL, "state: the kdamond was never started");
}

TEST_F(sysfs_state, commands_without_context_fail_einval_but_off)
{
	stage_process();
	run("on");
	put(kdamond + "contexts/nr_contexts", "0\n");
	refuse_command("on", EINVAL, "contexts: exactly one is needed");
	for (const char *keyword : needs_kdamond)
		refuse_command(keyword, EINVAL, "contexts: exactly one is needed");
	refuse_command("clear_schemes_tried_regions", EINVAL, "contexts: exactly one is needed");
	run("off");
}

TEST_F(sysfs_state, commands_after_kdamond_ended_fail_ecanceled)
{
	stage_process();
	run("on");
	run("off");
	for (const char *keyword : needs_kdamond)
		refuse_command(keyword, ECANCELED, "state: the kdamond does not run");
}

TEST_F(sysfs_state, state_after_target_exit_is_off)
{
	stage_process();
	run("on");
	end_process(pid);
	run_for(120'000'000'000);
	EXPECT_EQ(read(kdamond + "state"), "off\n");
	EXPECT_EQ(read(kdamond + "pid"), "-1\n");
	refuse_command("commit", ECANCELED, "state: the kdamond does not run");
	put("kdamonds/nr_kdamonds", "1\n");
	stage_process();
	run("on");
	end_process(pid);
	run_for(120'000'000'000);
	run("off");
}

TEST_F(sysfs_state, last_error_names_place_of_invalid_value)
{
	stage_process();
	put(context + "monitoring_attrs/nr_regions/min", "2\n");
	refuse_command("on", EINVAL, "contexts/0/monitoring_attrs/nr_regions: min 2 is below 3");
	put(context + "monitoring_attrs/nr_regions/min", "10\n");
	put(context + "monitoring_attrs/intervals/sample_us", "100001\n");
	refuse_command("on", EINVAL,
		       "contexts/0/monitoring_attrs/intervals: "
		       "sample_us 100001 is above aggr_us 100000");
	put(context + "monitoring_attrs/intervals/sample_us", "5000\n");
	run("on");
	put(context + "monitoring_attrs/nr_regions/max", "9\n");
	refuse_command("commit", EINVAL,
		       "contexts/0/monitoring_attrs/nr_regions: min 10 is above max 9");
	put(context + "monitoring_attrs/nr_regions/max", "1000\n");
	put(context + "targets/0/pid_target", "124\n");
	refuse_command("commit", EINVAL, "contexts/0/targets/0/pid_target: no process 124");
	put(context + "targets/0/pid_target", "123\n");
	host::set_feature(KAPI_FEATURE_PADDR, false);
	put(context + "operations", "paddr\n");
	EXPECT_EQ(command("commit"), -EINVAL);
	EXPECT_EQ(last_error().find("contexts/0/operations: paddr"), 0u) << last_error();
	put(context + "operations", "vaddr\n");
	put(context + "targets/0/regions/nr_regions", "1\n");
	put(context + "targets/0/regions/0/start", "8192\n");
	EXPECT_EQ(command("commit"), -EINVAL);
	EXPECT_EQ(last_error().find("contexts/0/targets/0/regions/0/"), 0u) << last_error();
	put(context + "targets/0/regions/nr_regions", "0\n");
	run("commit");
	run("off");
}

TEST_F(sysfs_state, nr_kdamonds_with_a_running_one_fails_ebusy)
{
	put("kdamonds/nr_kdamonds", "2\n");
	add_process(pid, {{0x10000, 0x50000}});
	put("kdamonds/1/contexts/nr_contexts", "1\n");
	put("kdamonds/1/contexts/0/targets/nr_targets", "1\n");
	put("kdamonds/1/contexts/0/targets/0/pid_target", "123\n");
	put("kdamonds/1/state", "on\n");
	const auto before = read_all();
	for (const char *number : {"0\n", "1\n", "2\n", "3\n"})
		EXPECT_EQ(write("kdamonds/nr_kdamonds", number), -EBUSY);
	EXPECT_EQ(read_all(), before);
	put("kdamonds/1/contexts/0/targets/nr_targets", "2\n");
	put("kdamonds/1/contexts/nr_contexts", "0\n");
	put("kdamonds/1/state", "off\n");
	put("kdamonds/nr_kdamonds", "0\n");
}

TEST_F(sysfs_state, unload_with_running_kdamond_ends_it)
{
	stage_process();
	run("on");
}

TEST_F(sysfs_state, tried_regions_come_with_update_and_go_with_clear)
{
	stage_process();
	run("on");
	run("update_schemes_tried_regions");
	ASSERT_GT(nr_tried_dirs(), 0u);
	EXPECT_EQ(read(scheme + "tried_regions/total_bytes"), "262144\n");
	EXPECT_EQ(read(scheme + "tried_regions/0/start"), "65536\n");
	EXPECT_EQ(list(scheme + "tried_regions/0"),
		  (std::vector<std::string>{"age", "end", "nr_accesses", "start",
					    "sz_filter_passed"}));
	for (const std::string &name : list(scheme + "tried_regions/0"))
		EXPECT_EQ(mode_of(scheme + "tried_regions/0/" + name), 0400);
	run("update_schemes_tried_bytes");
	EXPECT_EQ(nr_tried_dirs(), 0u);
	EXPECT_EQ(read(scheme + "tried_regions/total_bytes"), "262144\n");
	run("update_schemes_tried_regions");
	EXPECT_GT(nr_tried_dirs(), 0u);
	run("off");
	EXPECT_GT(nr_tried_dirs(), 0u);
	run("clear_schemes_tried_regions");
	EXPECT_EQ(nr_tried_dirs(), 0u);
	EXPECT_EQ(read(scheme + "tried_regions/total_bytes"), "0\n");
}

TEST_F(sysfs_state, stats_change_by_update_only)
{
	stage_process();
	run("on");
	put(scheme + "stats/max_nr_snapshots", "5\n");
	run_for(1'000'000'000);
	EXPECT_EQ(read(scheme + "stats/nr_tried"), "0\n");
	run("update_schemes_stats");
	EXPECT_NE(read(scheme + "stats/nr_tried"), "0\n");
	EXPECT_NE(read(scheme + "stats/sz_tried"), "0\n");
	EXPECT_NE(read(scheme + "stats/nr_snapshots"), "0\n");
	EXPECT_EQ(read(scheme + "stats/max_nr_snapshots"), "5\n");
	run("off");
}

TEST_F(sysfs_state, on_refused_keeps_old_results)
{
	stage_process();
	run("on");
	run("update_schemes_tried_regions");
	run("update_schemes_stats");
	run("off");
	put(context + "monitoring_attrs/nr_regions/min", "2\n");
	auto before = read_all();
	EXPECT_EQ(command("on"), -EINVAL);
	before[kdamond + "last_error"] = last_error();
	EXPECT_EQ(read_all(), before);
	run("off");
}

TEST_F(sysfs_state, update_for_staged_only_schemes_gives_no_results)
{
	stage_process();
	run("on");
	put(context + "schemes/nr_schemes", "2\n");
	run("update_schemes_stats");
	run("update_schemes_tried_regions");
	EXPECT_EQ(read(context + "schemes/1/tried_regions/total_bytes"), "0\n");
	put(context + "schemes/nr_schemes", "0\n");
	run("update_schemes_stats");
	run("update_schemes_tried_regions");
	run("commit");
	EXPECT_EQ(command("update_schemes_tried_regions"), -ECANCELED);
	EXPECT_EQ(last_error(), "state: the kdamond is paused, ended, or has no scheme\n");
	run("off");
}

} // namespace
