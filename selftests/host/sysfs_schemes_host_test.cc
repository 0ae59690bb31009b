// SPDX-License-Identifier: GPL-2.0
// Schemes as files: what each file takes, which of them do not go together, and the commands
// about them.
#include "sysfs_tree.hh"

#include <cerrno>

namespace {

using namespace host;

constexpr u64 ms = 1'000'000;
constexpr u64 gib = u64{1} << 30;

class sysfs_schemes : public sysfs_tree {
protected:
	const std::string quotas = scheme + "quotas/";
	const std::string goals = quotas + "goals/";
	const std::string watermarks = scheme + "watermarks/";
	const std::string in_scheme = "contexts/0/schemes/0/";

	void SetUp() override
	{
		use_virtual_clock();
		sysfs_tree::SetUp();
		add_memcg("/a", 7);
		add_node(0, 8 * gib, 4 * gib);
		add_node(1, 4 * gib, gib);
		stage_process();
	}

	void put_all(const std::string &dir,
		     std::initializer_list<std::pair<const char *, const char *>> values)
	{
		for (const auto &[file, text] : values)
			put(dir + file, std::string{text} + "\n");
	}
	void use_physical_memory()
	{
		add_process(ram, {{gib, gib + (64 << 20)}});
		put(context + "operations", "paddr\n");
	}
	void add_filter(const std::string &directory, const std::string &type)
	{
		put(scheme + directory + "/nr_filters", "1\n");
		put(scheme + directory + "/0/type", type + "\n");
	}
	void add_goal(const std::string &metric, const std::string &target)
	{
		put(goals + "nr_goals", "1\n");
		put(goals + "0/target_metric", metric + "\n");
		put(goals + "0/target_value", target + "\n");
	}
	void refuse(const std::string &line, int error = EINVAL)
	{
		refuse_command("on", error, in_scheme + line);
	}
	// It is fine, apart from what there is to say.
	void accept(const std::string &line)
	{
		run("on");
		EXPECT_EQ(last_error(), line.empty() ? "\n" : line + "\n");
		run("off");
	}
	void note(const std::string &line) { accept("note: " + in_scheme + line); }
};

TEST_F(sysfs_schemes, filter_type_of_other_layer_is_refused)
{
	const char *const of_core[] = {"addr", "target", "probe_hits_wsum"};
	const char *const of_ops[] = {"anon", "memcg", "young", "hugepage_size", "unmapped", "active",
				      "node"};
	const auto take = [&](const std::string &directory, const char *type, bool taken) {
		const std::string file = scheme + directory + "/0/type";
		const std::string before = read(file);

		EXPECT_EQ(write(file, type), taken ? static_cast<long>(strlen(type)) : -EINVAL)
			<< directory << ' ' << type;
		EXPECT_EQ(read(file), taken ? std::string{type} + "\n" : before);
	};

	for (const char *directory : {"core_filters", "ops_filters", "filters"})
		put(scheme + directory + "/nr_filters", "1\n");
	for (const char *type : of_core) {
		take("core_filters", type, true);
		take("ops_filters", type, false);
		take("filters", type, true);
	}
	for (const char *type : of_ops) {
		take("core_filters", type, false);
		take("ops_filters", type, true);
		take("filters", type, true);
	}
}

TEST_F(sysfs_schemes, number_out_of_range_fails_by_file)
{
	for (const char *file : {"ms", "bytes", "reset_interval_ms"})
		EXPECT_EQ(write(quotas + file, "18446744073709551616\n"), -EINVAL) << file;
	for (const char *file : {"fail_charge_num", "fail_charge_denom"})
		EXPECT_EQ(write(quotas + file, "4294967296\n"), -EINVAL) << file;
	EXPECT_EQ(write(quotas + "weights/age_permil", "4294967296\n"), -ERANGE);
	EXPECT_EQ(write(watermarks + "high", "18446744073709551616\n"), -ERANGE);
	EXPECT_EQ(write(scheme + "target_nid", "2147483648\n"), -ERANGE);
	EXPECT_EQ(write(quotas + "effective_bytes", "1\n"), -EACCES);
}

TEST_F(sysfs_schemes, values_are_checked_at_commit_only)
{
	put_all(scheme, {{"target_nid", "77"}, {"quotas/fail_charge_num", "2"},
			 {"quotas/fail_charge_denom", "1"}, {"watermarks/low", "5000"}});
	EXPECT_EQ(read(watermarks + "low"), "5000\n");
}

// ---- actions and where they go

TEST_F(sysfs_schemes, action_meaningless_for_operations_is_noted)
{
	for (const char *action : {"lru_prio", "lru_deprio"}) {
		put(scheme + "action", action);
		note(std::string{"action: "} + action +
		     " has no meaning for vaddr, so regions are tried and nothing is done");
	}
	use_physical_memory();
	for (const char *action : {"willneed", "cold", "hugepage", "nohugepage", "collapse"}) {
		put(scheme + "action", action);
		note(std::string{"action: "} + action +
		     " has no meaning for paddr, so regions are tried and nothing is done");
	}
	for (const char *action : {"pageout", "lru_prio", "lru_deprio", "stat"}) {
		put(scheme + "action", action);
		accept("");
	}
}

TEST_F(sysfs_schemes, action_missing_in_kernel_is_refused)
{
	set_can_apply(KAPI_ACTION_MIGRATE, false, false);
	put(scheme + "action", "pageout\n");
	accept("");
	put_all(scheme, {{"action", "migrate_hot"}, {"target_nid", "1"}});
	refuse("action: migrate_hot is not there on this kernel; the kernel log says what it lacks",
	       EOPNOTSUPP);
}

TEST_F(sysfs_schemes, migration_without_node_is_refused)
{
	for (const char *action : {"migrate_hot", "migrate_cold"}) {
		put(scheme + "action", action);
		put(scheme + "target_nid", "-1\n");
		refuse("target_nid: there is no node -1 with memory");
		put(scheme + "target_nid", "2\n");
		refuse("target_nid: there is no node 2 with memory");
		put(scheme + "target_nid", "1\n");
		accept("");
	}
	put_all(scheme, {{"action", "pageout"}, {"target_nid", "2"}});
	accept("");
}

TEST_F(sysfs_schemes, destinations_without_node_or_weight_are_refused)
{
	put(scheme + "action", "migrate_hot\n");
	put(scheme + "dests/nr_dests", "2\n");
	put(scheme + "dests/1/id", "4294967295\n");
	refuse("dests/1/id: there is no node 4294967295 with memory");
	put(scheme + "dests/1/id", "1\n");
	refuse("dests/0/weight: all weights are 0, so nothing could be moved");
	put(scheme + "dests/1/weight", "1\n");
	accept("");
	// Physical memory all goes to one node.
	use_physical_memory();
	refuse("target_nid: there is no node -1 with memory");
	put(scheme + "target_nid", "1\n");
	note("dests: are of no meaning for paddr, which moves all to target_nid");
}

// ---- quotas and goals

TEST_F(sysfs_schemes, quota_allowing_nothing_is_refused)
{
	put(quotas + "bytes", "4095\n");
	refuse("quotas/bytes: 4095 is less than a page, so nothing could be done; 0 is no limit");
	put_all(quotas, {{"bytes", "4096"}, {"fail_charge_num", "3"}, {"fail_charge_denom", "2"}});
	refuse("quotas/fail_charge_num: 3 is above fail_charge_denom 2");
	put(quotas + "fail_charge_denom", "0\n");
	note("quotas/fail_charge_num: has no effect while fail_charge_denom is 0");
	put(quotas + "fail_charge_denom", "3\n");
	accept("");
	use_physical_memory();
	put_all(context, {{"addr_unit", "512"}, {"schemes/0/quotas/bytes", "7"}});
	refuse("quotas/bytes: 7 is less than a page, so nothing could be done; 0 is no limit");
	put(quotas + "bytes", "8\n");
	accept("");
}

TEST_F(sysfs_schemes, goal_without_target_is_left_out_or_refused_if_only_limit)
{
	put(goals + "nr_goals", "2\n");
	refuse("quotas/goals/0/target_value: is 0, and without any goal, ms or bytes nothing would "
	       "limit the scheme");
	put(goals + "1/target_value", "100\n");
	note("quotas/goals/0/target_value: is 0, so this goal is left out");
	put(goals + "1/target_value", "0\n");
	put(quotas + "ms", "10\n");
	accept("note (and 1 more): " + in_scheme +
	       "quotas/goals/0/target_value: is 0, so this goal is left out");
	put_all(quotas, {{"ms", "0"}, {"bytes", "4096"}, {"goals/1/target_value", "1"}});
	note("quotas/goals/0/target_value: is 0, so this goal is left out");
	// The place that is told is the directory's, though it is the first goal there is.
	put_all(goals, {{"1/target_metric", "node_mem_free_bp"}, {"1/nid", "5"}});
	refuse("quotas/goals/1/nid: there is no node 5 with memory");
}

TEST_F(sysfs_schemes, goal_of_node_without_memory_is_refused)
{
	for (const char *metric : {"node_mem_used_bp", "node_mem_free_bp", "node_memcg_used_bp",
				   "node_memcg_free_bp", "node_sys_bp"}) {
		add_goal(metric, "1");
		put(goals + "0/path", "/a");
		put(goals + "0/nid", "-1\n");
		refuse("quotas/goals/0/nid: there is no node -1 with memory");
		put(goals + "0/nid", "9\n");
		refuse("quotas/goals/0/nid: there is no node 9 with memory");
		put(goals + "0/nid", "1\n");
		accept("");
	}
	add_goal("active_mem_bp", "1");
	put(goals + "0/nid", "9\n");
	accept("");
}

TEST_F(sysfs_schemes, goal_of_missing_cgroup_is_refused)
{
	add_goal("node_memcg_used_bp", "1");
	refuse("quotas/goals/0/path: is empty, and must be the path of a memory cgroup");
	put(goals + "0/path", "/b\n");
	refuse("quotas/goals/0/path: no memory cgroup of the unified hierarchy has this path");
	reset_memcgs();
	refuse("quotas/goals/0/target_metric: this kernel has no memory cgroups", EOPNOTSUPP);
	put(goals + "0/target_metric", "node_mem_used_bp");
	accept("");
}

TEST_F(sysfs_schemes, goal_share_out_of_range_is_refused)
{
	for (const char *metric : {"node_mem_used_bp", "active_mem_bp", "inactive_mem_bp",
				   "hugepage_mem_bp", "node_sys_bp"}) {
		add_goal(metric, "10001");
		refuse("quotas/goals/0/target_value: 10001 is above 10000, which is all there can be");
		put(goals + "0/target_value", "10000\n");
		accept("");
		put(goals + "0/direction", "lower\n");
		refuse("quotas/goals/0/target_value: 10000 is reached from the start where direction "
		       "is lower");
		put(goals + "0/target_value", "9999\n");
		accept("");
	}
	for (const char *metric : {"user_input", "some_mem_psi_us"}) {
		add_goal(metric, "10001");
		accept("");
		put(goals + "0/direction", "lower\n");
		refuse(std::string{"quotas/goals/0/direction: lower is for shares, and "} + metric +
		       " is none");
	}
}

TEST_F(sysfs_schemes, goal_of_eligible_memory_is_for_paddr_only)
{
	add_goal("node_eligible_mem_bp", "1");
	refuse("quotas/goals/0/target_metric: node_eligible_mem_bp is for paddr only");
	use_physical_memory();
	accept("");
}

TEST_F(sysfs_schemes, goal_of_psi_without_accounting_is_refused)
{
	set_psi([] { return -1; });
	add_goal("some_mem_psi_us", "1");
	refuse("quotas/goals/0/target_metric: some_mem_psi_us is not accounted on this kernel as it "
	       "was started",
	       EOPNOTSUPP);
}

// ---- watermarks

TEST_F(sysfs_schemes, watermarks_out_of_order_are_refused)
{
	put_all(watermarks, {{"high", "1001"}, {"mid", "2000"}, {"low", "3000"}, {"nid", "7"}});
	accept("");
	put(watermarks + "metric", "free_mem_rate\n");
	refuse("watermarks/high: 1001 is above 1000, which is all memory");
	put(watermarks + "high", "1000\n");
	refuse("watermarks/mid: 2000 is above high 1000");
	put(watermarks + "mid", "1000\n");
	refuse("watermarks/low: 3000 is above mid 1000");
	put(watermarks + "low", "1000\n");
	accept("");
	put(watermarks + "metric", "node_free_mem_rate\n");
	refuse("watermarks/nid: there is no node 7 with memory");
	put(watermarks + "nid", "1\n");
	accept("");
	put_all(watermarks, {{"high", "0"}, {"mid", "0"}, {"low", "0"}});
	note("watermarks/high: is 0, so the scheme never works while any memory is free");
}

// ---- filters

TEST_F(sysfs_schemes, filter_limits_out_of_order_are_refused)
{
	for (const char *type : {"hugepage_size", "node"}) {
		add_filter("filters", type);
		put_all(scheme + "filters/0/", {{"min", "5"}, {"max", "4"}});
		refuse("filters/0/max: 4 is below min 5");
		put(scheme + "filters/0/max", "5\n");
		accept("");
	}
	// Whose limits do not matter.
	put_all(scheme + "filters/0/", {{"type", "anon"}, {"max", "4"}});
	accept("");
	put(scheme + "filters/0/type", "probe_hits_wsum\n");
	put_all(context + "monitoring_attrs/probes/", {{"nr_probes", "1"}, {"0/weight", "1"}});
	refuse("filters/0/max: 4 is below min 5");
	put_all(context, {{"schemes/0/filters/0/max", "5"}, {"monitoring_attrs/probes/0/weight", "0"}});
	note("filters/0/type: no probe has a weight, so probe_hits_wsum is always 0");
}

TEST_F(sysfs_schemes, filter_addresses_out_of_order_are_refused)
{
	add_filter("core_filters", "addr");
	put_all(scheme + "core_filters/0/", {{"addr_start", "8192"}, {"addr_end", "4096"}});
	refuse("core_filters/0/addr_end: 4096 is below addr_start 8192");
	put(scheme + "core_filters/0/addr_end", "8192\n");
	note("core_filters/0/addr_end: is addr_start, so this filter never matches");
	put(scheme + "core_filters/0/addr_end", everything);
	accept("");
	use_physical_memory();
	put(context + "addr_unit", "4096\n");
	accept("");
	put(scheme + "core_filters/0/addr_end", "1\n");
	refuse("core_filters/0/addr_end: 1 is below addr_start 8192");
	put(scheme + "core_filters/0/addr_start", everything);
	refuse("core_filters/0/addr_start: 18446744073709551615 units are beyond all addresses");
}

TEST_F(sysfs_schemes, filter_of_missing_target_is_noted_and_of_cgroup_refused)
{
	add_filter("core_filters", "target");
	accept("");
	put(scheme + "core_filters/0/damon_target_idx", "1\n");
	note("core_filters/0/damon_target_idx: there is no target 1, so this filter never matches");
	put(scheme + "core_filters/nr_filters", "0\n");
	add_filter("ops_filters", "memcg");
	refuse("ops_filters/0/memcg_path: is empty, and must be the path of a memory cgroup");
	put(scheme + "ops_filters/0/memcg_path", "/a/b\n");
	refuse("ops_filters/0/memcg_path: no memory cgroup of the unified hierarchy has this path");
	put(scheme + "ops_filters/0/memcg_path", "/a\n");
	accept("");
}

TEST_F(sysfs_schemes, filter_of_pages_for_whole_mapping_action_is_refused)
{
	const auto at = [](const std::string &place, const char *action) {
		return place + "/0/type: " + action + " is for whole mappings, so only addr, target and "
		       "probe_hits_wsum can filter";
	};

	for (const char *action : {"willneed", "hugepage", "nohugepage", "collapse"}) {
		put(scheme + "action", action);
		add_filter("filters", "anon");
		refuse(at("filters", action));
		add_filter("ops_filters", "young");
		refuse(at("ops_filters", action));
		put(scheme + "ops_filters/nr_filters", "0\n");
		add_filter("filters", "target");
		accept("");
	}
	for (const char *action : {"cold", "pageout", "stat"}) {
		put(scheme + "action", action);
		add_filter("filters", "anon");
		accept("");
	}
}

// ---- commands

TEST_F(sysfs_schemes, commit_refused_leaves_running_schemes)
{
	run("on");
	put(scheme + "action", "migrate_hot\n");
	refuse_command("commit", EINVAL, in_scheme + "target_nid: there is no node -1 with memory");
	EXPECT_EQ(read(kdamond + "state"), "on\n");
	put_all(scheme, {{"action", "stat"}, {"quotas/fail_charge_num", "1"}});
	run("commit");
	EXPECT_EQ(last_error(), "note: " + in_scheme +
				"quotas/fail_charge_num: has no effect while fail_charge_denom is 0\n");
	run("update_schemes_stats");
	EXPECT_EQ(last_error(), "\n");
	run("off");
}

TEST_F(sysfs_schemes, commit_quota_goals_looks_at_goals_only)
{
	put(quotas + "bytes", "8192\n");
	run("on");
	// Of all this only the goal is looked at.
	put(scheme + "action", "migrate_hot\n");
	put(context + "monitoring_attrs/nr_regions/min", "0\n");
	add_goal("user_input", "100");
	run("commit_schemes_quota_goals");
	EXPECT_EQ(last_error(), "\n");
	put(goals + "0/target_value", "0\n");
	run("commit_schemes_quota_goals");
	EXPECT_EQ(last_error(),
		  "note: " + in_scheme + "quotas/goals/0/target_value: is 0, so this goal is left out\n");
	add_goal("node_mem_used_bp", "100");
	put(goals + "0/nid", "3\n");
	refuse_command("commit_schemes_quota_goals", EINVAL,
		       in_scheme + "quotas/goals/0/nid: there is no node 3 with memory");
	put_all(goals, {{"0/target_metric", "node_memcg_free_bp"}, {"0/nid", "1"}, {"0/path", "/x"}});
	refuse_command("commit_schemes_quota_goals", EINVAL,
		       in_scheme + "quotas/goals/0/path: no memory cgroup of the unified hierarchy has "
				   "this path");
	put_all(goals, {{"0/target_metric", "node_eligible_mem_bp"}});
	refuse_command("commit_schemes_quota_goals", EINVAL,
		       in_scheme + "quotas/goals/0/target_metric: node_eligible_mem_bp is for paddr only");
	// More schemes than run, or fewer, are no mistake.
	put(context + "schemes/nr_schemes", "3\n");
	run("commit_schemes_quota_goals");
	put(context + "schemes/nr_schemes", "0\n");
	run("commit_schemes_quota_goals");
	run("off");
	refuse_command("commit_schemes_quota_goals", ECANCELED, "state: the kdamond does not run");
}

TEST_F(sysfs_schemes, effective_bytes_are_shown_after_update)
{
	put_all(quotas, {{"bytes", "1048576"}, {"reset_interval_ms", "1000"}});
	run("on");
	run_for(250 * ms);
	run("update_schemes_stats");
	EXPECT_EQ(read(quotas + "effective_bytes"), "0\n");
	run("update_schemes_effective_quotas");
	EXPECT_EQ(read(quotas + "effective_bytes"), "1048576\n");
	put(quotas + "bytes", "8192\n");
	run("commit");
	run_for(2000 * ms);
	EXPECT_EQ(read(quotas + "effective_bytes"), "1048576\n");
	put(kdamond + "refresh_ms", "100\n");
	EXPECT_EQ(read(quotas + "effective_bytes"), "8192\n");
	run("off");
	EXPECT_EQ(read(quotas + "effective_bytes"), "8192\n");
}

TEST_F(sysfs_schemes, effective_bytes_are_in_addr_units)
{
	use_physical_memory();
	put_all(context, {{"addr_unit", "4096"}, {"schemes/0/quotas/bytes", "256"}});
	run("on");
	run_for(250 * ms);
	run("update_schemes_effective_quotas");
	EXPECT_EQ(read(quotas + "effective_bytes"), "256\n");
	run("off");
}

TEST_F(sysfs_schemes, commands_with_failing_allocation_change_nothing)
{
	put_all(scheme, {{"action", "migrate_cold"}, {"dests/nr_dests", "2"}, {"dests/0/weight", "3"},
			 {"quotas/bytes", "1048576"}, {"quotas/reset_interval_ms", "100"}});
	add_goal("node_memcg_used_bp", "5000");
	put(goals + "0/path", "/a");
	for (const char *type : {"memcg", "node"})
		add_filter("ops_filters", type);
	add_filter("core_filters", "addr");
	put(scheme + "core_filters/0/addr_end", everything);
	const auto staged = read_all();

	for (const std::string keyword : {"on", "commit", "commit_schemes_quota_goals"}) {
		for_each_failing_allocation([&] {
			const long rc = command(keyword);

			EXPECT_EQ(rc, has_failed() ? -ENOMEM : static_cast<long>(keyword.size()) + 1)
				<< keyword;
			EXPECT_EQ(last_error(), has_failed() ? "state: out of memory\n" : "\n");
		});
	}
	run_for(100 * ms);
	for (const std::string keyword : {"update_schemes_effective_quotas", "update_schemes_stats"})
		for_each_failing_allocation([&] {
			const long rc = command(keyword);

			EXPECT_EQ(rc, has_failed() ? -ENOMEM : static_cast<long>(keyword.size()) + 1)
				<< keyword;
		});
	run("off");
	for (const auto &[path, content] : read_all())
		if (path.find("/stats") == path.npos && !path.ends_with("effective_bytes")) {
			EXPECT_EQ(content, staged.at(path)) << path;
		}
}

} // namespace
