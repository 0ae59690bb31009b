// SPDX-License-Identifier: GPL-2.0
// Every file of the tree with its mode and its default, typed from the ABI's description and
// not from the tables in sysfs/.
#include "sysfs_tree.hh"

namespace {

using namespace host;

struct row {
	const char *path;
	int mode;
	const char *content;
};

constexpr row kdamonds_rows[] = {
	{"kdamonds/nr_kdamonds", 0600, "1\n"},
	{"kdamonds/0/state", 0600, "off\n"},
	{"kdamonds/0/pid", 0400, "-1\n"},
	{"kdamonds/0/refresh_ms", 0600, "0\n"},
	{"kdamonds/0/last_error", 0400, "\n"},
	{"kdamonds/0/contexts/nr_contexts", 0600, "1\n"},
};

// Below kdamonds/0/contexts/0.
constexpr row context_rows[] = {
	{"avail_operations", 0400, "vaddr\nfvaddr\npaddr\n"},
	{"operations", 0600, "vaddr\n"},
	{"addr_unit", 0600, "1\n"},
	{"pause", 0600, "N\n"},
	{"snapshot", 0400, "binary"},
	{"stats", 0400,
	 "samples 0\nsamples_missed 0\nsamples_skipped 0\nprobes_checked 0\nprobes_accessed 0\n"
	 "probes_idle 0\nprobes_absent 0\nprobes_busy 0\nprobes_skipped 0\ncpu_ns 0\n"
	 "cpu_permil 0\nnr_regions 0\nwindows 0\nsample_us 0\naggr_us 0\nchecks_per_sample 0\n"},
	{"monitoring_attrs/cpu_permil", 0600, "0\n"},
	{"monitoring_attrs/intervals/sample_us", 0600, "5000\n"},
	{"monitoring_attrs/intervals/aggr_us", 0600, "100000\n"},
	{"monitoring_attrs/intervals/update_us", 0600, "60000000\n"},
	{"monitoring_attrs/intervals/intervals_goal/access_bp", 0600, "0\n"},
	{"monitoring_attrs/intervals/intervals_goal/aggrs", 0600, "0\n"},
	{"monitoring_attrs/intervals/intervals_goal/min_sample_us", 0600, "0\n"},
	{"monitoring_attrs/intervals/intervals_goal/max_sample_us", 0600, "0\n"},
	{"monitoring_attrs/nr_regions/min", 0600, "10\n"},
	{"monitoring_attrs/nr_regions/max", 0600, "1000\n"},
	{"monitoring_attrs/probes/nr_probes", 0600, "1\n"},
	{"monitoring_attrs/probes/0/weight", 0600, "0\n"},
	{"monitoring_attrs/probes/0/preps/nr_preps", 0600, "1\n"},
	{"monitoring_attrs/probes/0/preps/0/prep_action", 0600, "set_pgidle\n"},
	{"monitoring_attrs/probes/0/filters/nr_filters", 0600, "1\n"},
	{"monitoring_attrs/probes/0/filters/0/type", 0600, "anon\n"},
	{"monitoring_attrs/probes/0/filters/0/matching", 0600, "N\n"},
	{"monitoring_attrs/probes/0/filters/0/allow", 0600, "N\n"},
	{"monitoring_attrs/probes/0/filters/0/path", 0600, "\n"},
	{"monitoring_attrs/probes/0/filters/0/min", 0600, "0\n"},
	{"monitoring_attrs/probes/0/filters/0/max", 0600, "0\n"},
	{"targets/nr_targets", 0600, "1\n"},
	{"targets/0/pid_target", 0600, "0\n"},
	{"targets/0/obsolete_target", 0600, "N\n"},
	{"targets/0/regions/nr_regions", 0600, "1\n"},
	{"targets/0/regions/0/start", 0600, "0\n"},
	{"targets/0/regions/0/end", 0600, "0\n"},
	{"schemes/nr_schemes", 0600, "1\n"},
	{"schemes/0/action", 0600, "stat\n"},
	{"schemes/0/target_nid", 0600, "-1\n"},
	{"schemes/0/apply_interval_us", 0600, "0\n"},
	{"schemes/0/access_pattern/sz/min", 0600, "0\n"},
	{"schemes/0/access_pattern/sz/max", 0600, "0\n"},
	{"schemes/0/access_pattern/nr_accesses/min", 0600, "0\n"},
	{"schemes/0/access_pattern/nr_accesses/max", 0600, "0\n"},
	{"schemes/0/access_pattern/age/min", 0600, "0\n"},
	{"schemes/0/access_pattern/age/max", 0600, "0\n"},
	{"schemes/0/dests/nr_dests", 0600, "1\n"},
	{"schemes/0/dests/0/id", 0600, "0\n"},
	{"schemes/0/dests/0/weight", 0600, "0\n"},
	{"schemes/0/quotas/ms", 0600, "0\n"},
	{"schemes/0/quotas/bytes", 0600, "0\n"},
	{"schemes/0/quotas/reset_interval_ms", 0600, "0\n"},
	{"schemes/0/quotas/effective_bytes", 0400, "0\n"},
	{"schemes/0/quotas/goal_tuner", 0600, "consist\n"},
	{"schemes/0/quotas/fail_charge_num", 0600, "0\n"},
	{"schemes/0/quotas/fail_charge_denom", 0600, "0\n"},
	{"schemes/0/quotas/weights/sz_permil", 0600, "0\n"},
	{"schemes/0/quotas/weights/nr_accesses_permil", 0600, "0\n"},
	{"schemes/0/quotas/weights/age_permil", 0600, "0\n"},
	{"schemes/0/quotas/goals/nr_goals", 0600, "1\n"},
	{"schemes/0/quotas/goals/0/target_metric", 0600, "user_input\n"},
	{"schemes/0/quotas/goals/0/target_value", 0600, "0\n"},
	{"schemes/0/quotas/goals/0/current_value", 0600, "0\n"},
	{"schemes/0/quotas/goals/0/nid", 0600, "0\n"},
	{"schemes/0/quotas/goals/0/path", 0600, "\n"},
	{"schemes/0/quotas/goals/0/direction", 0600, "raise\n"},
	{"schemes/0/watermarks/metric", 0600, "none\n"},
	{"schemes/0/watermarks/interval_us", 0600, "0\n"},
	{"schemes/0/watermarks/high", 0600, "0\n"},
	{"schemes/0/watermarks/mid", 0600, "0\n"},
	{"schemes/0/watermarks/low", 0600, "0\n"},
	{"schemes/0/watermarks/nid", 0600, "0\n"},
	{"schemes/0/core_filters/nr_filters", 0600, "1\n"},
	{"schemes/0/core_filters/0/type", 0600, "anon\n"},
	{"schemes/0/core_filters/0/matching", 0600, "N\n"},
	{"schemes/0/core_filters/0/allow", 0600, "N\n"},
	{"schemes/0/core_filters/0/memcg_path", 0600, "\n"},
	{"schemes/0/core_filters/0/addr_start", 0600, "0\n"},
	{"schemes/0/core_filters/0/addr_end", 0600, "0\n"},
	{"schemes/0/core_filters/0/min", 0600, "0\n"},
	{"schemes/0/core_filters/0/max", 0600, "0\n"},
	{"schemes/0/core_filters/0/damon_target_idx", 0600, "0\n"},
	{"schemes/0/ops_filters/nr_filters", 0600, "1\n"},
	{"schemes/0/ops_filters/0/type", 0600, "anon\n"},
	{"schemes/0/ops_filters/0/matching", 0600, "N\n"},
	{"schemes/0/ops_filters/0/allow", 0600, "N\n"},
	{"schemes/0/ops_filters/0/memcg_path", 0600, "\n"},
	{"schemes/0/ops_filters/0/addr_start", 0600, "0\n"},
	{"schemes/0/ops_filters/0/addr_end", 0600, "0\n"},
	{"schemes/0/ops_filters/0/min", 0600, "0\n"},
	{"schemes/0/ops_filters/0/max", 0600, "0\n"},
	{"schemes/0/ops_filters/0/damon_target_idx", 0600, "0\n"},
	{"schemes/0/filters/nr_filters", 0600, "1\n"},
	{"schemes/0/filters/0/type", 0600, "anon\n"},
	{"schemes/0/filters/0/matching", 0600, "N\n"},
	{"schemes/0/filters/0/allow", 0600, "N\n"},
	{"schemes/0/filters/0/memcg_path", 0600, "\n"},
	{"schemes/0/filters/0/addr_start", 0600, "0\n"},
	{"schemes/0/filters/0/addr_end", 0600, "0\n"},
	{"schemes/0/filters/0/min", 0600, "0\n"},
	{"schemes/0/filters/0/max", 0600, "0\n"},
	{"schemes/0/filters/0/damon_target_idx", 0600, "0\n"},
	{"schemes/0/stats/nr_tried", 0400, "0\n"},
	{"schemes/0/stats/sz_tried", 0400, "0\n"},
	{"schemes/0/stats/nr_applied", 0400, "0\n"},
	{"schemes/0/stats/sz_applied", 0400, "0\n"},
	{"schemes/0/stats/sz_ops_filter_passed", 0400, "0\n"},
	{"schemes/0/stats/qt_exceeds", 0400, "0\n"},
	{"schemes/0/stats/nr_snapshots", 0400, "0\n"},
	{"schemes/0/stats/max_nr_snapshots", 0600, "0\n"},
	{"schemes/0/tried_regions/total_bytes", 0400, "0\n"},
};

class sysfs_layout : public sysfs_tree {
protected:
	void SetUp() override
	{
		set_feature(KAPI_FEATURE_VADDR, true);
		sysfs_tree::SetUp();
		put("kdamonds/nr_kdamonds", "1\n");
		put(kdamond + "contexts/nr_contexts", "1\n");
		fill_context();
	}
	void fill_context()
	{
		put(context + "monitoring_attrs/probes/nr_probes", "1\n");
		put(context + "monitoring_attrs/probes/0/preps/nr_preps", "1\n");
		put(context + "monitoring_attrs/probes/0/filters/nr_filters", "1\n");
		put(context + "targets/nr_targets", "1\n");
		put(context + "targets/0/regions/nr_regions", "1\n");
		put(context + "schemes/nr_schemes", "1\n");
		for (const char *count : {"dests/nr_dests", "quotas/goals/nr_goals",
					  "core_filters/nr_filters", "ops_filters/nr_filters",
					  "filters/nr_filters"})
			put(scheme + count, "1\n");
	}
};

TEST_F(sysfs_layout, files_have_documented_mode_and_default)
{
	auto left = read_all();
	const auto check = [&](const row &r, const std::string &below) {
		EXPECT_EQ(mode_of(below + r.path), r.mode) << r.path;
		EXPECT_EQ(left[below + r.path], r.content) << r.path;
		left.erase(below + r.path);
	};

	for (const row &r : kdamonds_rows)
		check(r, "");
	for (const row &r : context_rows)
		check(r, context);
	for (const auto &file : left)
		ADD_FAILURE() << "nobody expects " << file.first;
}

TEST_F(sysfs_layout, top_directory_has_nothing_else)
{
	EXPECT_EQ(list("/"), (std::vector<std::string>{"damon@", "damonxx/"}));
	EXPECT_EQ(list("/damonxx"), (std::vector<std::string>{"admin/"}));
	EXPECT_EQ(list("/damonxx/admin"), (std::vector<std::string>{"kdamonds/"}));
	put("kdamonds/nr_kdamonds", "0\n");
	EXPECT_EQ(list("kdamonds"), (std::vector<std::string>{"nr_kdamonds"}));
}

TEST_F(sysfs_layout, nr_same_value_resets_to_defaults)
{
	const auto fresh = read_all(); // with one of everything

	put(context + "operations", "paddr\n");
	put(context + "monitoring_attrs/nr_regions/max", "7\n");
	put(context + "targets/nr_targets", "3\n");
	put(scheme + "apply_interval_us", "4\n");
	put(kdamond + "contexts/nr_contexts", "1\n");
	EXPECT_EQ(list(context + "targets"), (std::vector<std::string>{"nr_targets"}));
	fill_context();
	EXPECT_EQ(read_all(), fresh);
}

TEST_F(sysfs_layout, avail_operations_lists_what_the_kernel_supports)
{
	set_feature(KAPI_FEATURE_VADDR, false);
	EXPECT_EQ(read(context + "avail_operations"), "");
}

TEST(sysfs_root, load_without_mm_directory_makes_no_tree)
{
	set_feature(KAPI_FEATURE_SYSFS, false);
	EXPECT_EQ(damonxx_init(), 0);
	EXPECT_TRUE(log_contains("no sysfs tree"));
	EXPECT_EQ(list("/"), std::vector<std::string>{});
	damonxx_exit();
}

TEST(sysfs_root, damon_link_is_made_where_kernel_has_no_damon)
{
	EXPECT_EQ(damonxx_init(), 0);
	write("/damon/admin/kdamonds/nr_kdamonds", "2\n");
	EXPECT_EQ(read("kdamonds/nr_kdamonds"), "2\n");
	damonxx_exit();
	EXPECT_EQ(list("/"), std::vector<std::string>{});
}

TEST(sysfs_root, damon_of_kernel_stays_in_place)
{
	constexpr kapi_file files[] = {{"theirs", 0400, false}};
	kapi_dir *theirs = nullptr;

	ASSERT_EQ(kapi_dir_add(&theirs, nullptr, "damon", kapi_dir_kind_make(files, 1), nullptr), 0);
	EXPECT_EQ(damonxx_init(), 0);
	EXPECT_EQ(list("/"), (std::vector<std::string>{"damon/", "damonxx/"}));
	EXPECT_TRUE(exists("/damon/theirs"));
	kapi_dir_remove(theirs);
	damonxx_exit();
}

TEST(sysfs_root, load_with_failing_allocation_fails)
{
	for_each_failing_allocation([] {
		const int rc = damonxx_init();

		EXPECT_EQ(rc, has_failed() ? -12 : 0);
		if (rc == 0)
			damonxx_exit();
		EXPECT_EQ(leaks(), "");
		EXPECT_EQ(list("/"), std::vector<std::string>{});
	});
}

} // namespace
