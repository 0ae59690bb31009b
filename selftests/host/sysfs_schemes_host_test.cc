// SPDX-License-Identifier: GPL-2.0
// Schemes as files: what each file takes, which of them do not go together, and the commands
// about them.
#include "sysfs_tree.hh"

#include <cerrno>
#include <sstream>

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

// ---- what a start says of what is staged
//
// A rule is a case of its own, whose steps go on in one world: a step changes the world or stages
// values ("FILE=VALUE" for a file of the scheme, "/FILE=VALUE" for one of its context), and then the
// kdamond is turned on.  It starts and says nothing, or starts and says "note: ...", or refuses with
// what it says.  Steps of a group with words are taken with each word for "$".

struct step {
	const char *stages = "";
	const char *says = "";
	int error = EINVAL;
	void (*changes_world)() = nullptr;
};

struct group {
	const char *words = "";
	std::vector<step> steps;
};

struct rule {
	const char *name;
	std::vector<group> groups;
};

void add_ram() { add_process(ram, {{gib, gib + (64 << 20)}}); }

#define ONE_FILTER(directory, type) directory "/nr_filters=1 " directory "/0/type=" type
#define ONE_GOAL(metric, target) \
	"quotas/goals/nr_goals=1 quotas/goals/0/target_metric=" metric \
	" quotas/goals/0/target_value=" target

const std::vector<rule> rules = {
	{"action_meaningless_for_operations_is_noted",
	 {{"lru_prio lru_deprio",
	   {{"action=$",
	     "note: action: $ has no meaning for vaddr, so regions are tried and nothing is done"}}},
	  {"", {{"/operations=paddr", "", 0, add_ram}}},
	  {"willneed cold hugepage nohugepage collapse",
	   {{"action=$",
	     "note: action: $ has no meaning for paddr, so regions are tried and nothing is done"}}},
	  {"pageout lru_prio lru_deprio stat", {{"action=$"}}}}},

	{"action_missing_in_kernel_is_refused",
	 {{"",
	   {{"action=pageout", "", 0, [] { set_can_apply(KAPI_ACTION_MIGRATE, false, false); }},
	    {"action=migrate_hot target_nid=1",
	     "action: migrate_hot is not supported by this kernel; see the kernel log",
	     EOPNOTSUPP}}}}},

	{"migration_without_node_is_refused",
	 {{"migrate_hot migrate_cold",
	   {{"action=$ target_nid=-1", "target_nid: there is no node -1 with memory"},
	    {"target_nid=2", "target_nid: there is no node 2 with memory"},
	    {"target_nid=1"}}},
	  {"", {{"action=pageout target_nid=2"}}}}},

	{"destinations_without_node_or_weight_are_refused",
	 {{"",
	   {{"action=migrate_hot dests/nr_dests=2 dests/1/id=4294967295",
	     "dests/1/id: there is no node 4294967295 with memory"},
	    {"dests/1/id=1", "dests/0/weight: all weights are 0, so nothing could be moved"},
	    {"dests/1/weight=1"},
	    // Physical memory all goes to one node.
	    {"/operations=paddr", "target_nid: there is no node -1 with memory", EINVAL, add_ram},
	    {"target_nid=1",
	     "note: dests: have no effect for paddr, which migrates to target_nid only"}}}}},

	{"quota_allowing_nothing_is_refused",
	 {{"",
	   {{"quotas/bytes=4095",
	     "quotas/bytes: 4095 is less than a page, so nothing could be done; 0 is no limit"},
	    {"quotas/bytes=4096 quotas/fail_charge_num=3 quotas/fail_charge_denom=2",
	     "quotas/fail_charge_num: 3 is above fail_charge_denom 2"},
	    {"quotas/fail_charge_denom=0",
	     "note: quotas/fail_charge_num: has no effect while fail_charge_denom is 0"},
	    {"quotas/fail_charge_denom=3"},
	    {"/operations=paddr /addr_unit=512 quotas/bytes=7",
	     "quotas/bytes: 7 is less than a page, so nothing could be done; 0 is no limit", EINVAL,
	     add_ram},
	    {"quotas/bytes=8"}}}}},

	{"goal_without_target_is_left_out_or_refused_if_only_limit",
	 {{"",
	   {{"quotas/goals/nr_goals=2",
	     "quotas/goals/0/target_value: is 0, and without any goal, ms or bytes nothing would limit "
	     "the scheme"},
	    {"quotas/goals/1/target_value=100",
	     "note: quotas/goals/0/target_value: is 0, so this goal is left out"},
	    {"quotas/goals/1/target_value=0 quotas/ms=10",
	     "note (and 1 more): quotas/goals/0/target_value: is 0, so this goal is left out"},
	    {"quotas/ms=0 quotas/bytes=4096 quotas/goals/1/target_value=1",
	     "note: quotas/goals/0/target_value: is 0, so this goal is left out"},
	    // The place that is told is the directory's, though it is the first goal there is.
	    {"quotas/goals/1/target_metric=node_mem_free_bp quotas/goals/1/nid=5",
	     "quotas/goals/1/nid: there is no node 5 with memory"}}}}},

	{"goal_of_node_without_memory_is_refused",
	 {{"node_mem_used_bp node_mem_free_bp node_memcg_used_bp node_memcg_free_bp node_sys_bp",
	   {{ONE_GOAL("$", "1") " quotas/goals/0/path=/a quotas/goals/0/nid=-1",
	     "quotas/goals/0/nid: there is no node -1 with memory"},
	    {"quotas/goals/0/nid=9", "quotas/goals/0/nid: there is no node 9 with memory"},
	    {"quotas/goals/0/nid=1"}}},
	  {"", {{ONE_GOAL("active_mem_bp", "1") " quotas/goals/0/nid=9"}}}}},

	{"goal_of_missing_cgroup_is_refused",
	 {{"",
	   {{ONE_GOAL("node_memcg_used_bp", "1"),
	     "quotas/goals/0/path: is empty, and must be the path of a memory cgroup"},
	    {"quotas/goals/0/path=/b",
	     "quotas/goals/0/path: no memory cgroup of the unified hierarchy has this path"},
	    {"", "quotas/goals/0/target_metric: this kernel has no memory cgroups", EOPNOTSUPP,
	     reset_memcgs},
	    {"quotas/goals/0/target_metric=node_mem_used_bp"}}}}},

	{"goal_share_out_of_range_is_refused",
	 {{"node_mem_used_bp active_mem_bp inactive_mem_bp hugepage_mem_bp node_sys_bp",
	   {{ONE_GOAL("$", "10001"),
	     "quotas/goals/0/target_value: 10001 is above 10000, which is all there can be"},
	    {"quotas/goals/0/target_value=10000"},
	    {"quotas/goals/0/direction=lower",
	     "quotas/goals/0/target_value: 10000 is reached from the start where direction is lower"},
	    {"quotas/goals/0/target_value=9999"}}},
	  {"user_input some_mem_psi_us",
	   {{ONE_GOAL("$", "10001")},
	    {"quotas/goals/0/direction=lower",
	     "quotas/goals/0/direction: lower is for shares, and $ is none"}}}}},

	{"goal_of_eligible_memory_is_for_paddr_only",
	 {{"",
	   {{ONE_GOAL("node_eligible_mem_bp", "1"),
	     "quotas/goals/0/target_metric: node_eligible_mem_bp is for paddr only"},
	    {"/operations=paddr", "", 0, add_ram}}}}},

	{"goal_of_psi_without_accounting_is_refused",
	 {{"",
	   {{ONE_GOAL("some_mem_psi_us", "1"),
	     "quotas/goals/0/target_metric: some_mem_psi_us is disabled in this kernel, or by "
	     "its boot parameters",
	     EOPNOTSUPP, [] { set_psi([] { return -1; }); }}}}}},

	{"watermarks_out_of_order_are_refused",
	 {{"",
	   {{"watermarks/high=1001 watermarks/mid=2000 watermarks/low=3000 watermarks/nid=7"},
	    {"watermarks/metric=free_mem_rate",
	     "watermarks/high: 1001 is above 1000, which is all memory"},
	    {"watermarks/high=1000", "watermarks/mid: 2000 is above high 1000"},
	    {"watermarks/mid=1000", "watermarks/low: 3000 is above mid 1000"},
	    {"watermarks/low=1000"},
	    {"watermarks/metric=node_free_mem_rate", "watermarks/nid: there is no node 7 with memory"},
	    {"watermarks/nid=1"},
	    {"watermarks/high=0 watermarks/mid=0 watermarks/low=0",
	     "note: watermarks/high: is 0, so the scheme never works while any memory is free"}}}}},

	{"filter_limits_out_of_order_are_refused",
	 {{"hugepage_size node",
	   {{ONE_FILTER("filters", "$") " filters/0/min=5 filters/0/max=4",
	     "filters/0/max: 4 is below min 5"},
	    {"filters/0/max=5"}}},
	  {"",
	   {// One whose limits do not matter.
	    {"filters/0/type=anon filters/0/max=4"},
	    {"filters/0/type=probe_hits_wsum /monitoring_attrs/probes/nr_probes=1 "
	     "/monitoring_attrs/probes/0/weight=1",
	     "filters/0/max: 4 is below min 5"},
	    {"filters/0/max=5 /monitoring_attrs/probes/0/weight=0",
	     "note: filters/0/type: no probe has a weight, so probe_hits_wsum is always 0"}}}}},

	{"filter_addresses_out_of_order_are_refused",
	 {{"",
	   {{ONE_FILTER("core_filters", "addr")
	     " core_filters/0/addr_start=8192 core_filters/0/addr_end=4096",
	     "core_filters/0/addr_end: 4096 is below addr_start 8192"},
	    {"core_filters/0/addr_end=8192",
	     "note: core_filters/0/addr_end: is addr_start, so this filter never matches"},
	    {"core_filters/0/addr_end=18446744073709551615"},
	    {"/operations=paddr /addr_unit=4096", "", 0, add_ram},
	    {"core_filters/0/addr_end=1", "core_filters/0/addr_end: 1 is below addr_start 8192"},
	    {"core_filters/0/addr_start=18446744073709551615",
	     "core_filters/0/addr_start: 18446744073709551615 units are beyond all addresses"}}}}},

	{"filter_of_missing_target_is_noted_and_of_cgroup_refused",
	 {{"",
	   {{ONE_FILTER("core_filters", "target")},
	    {"core_filters/0/damon_target_idx=1",
	     "note: core_filters/0/damon_target_idx: there is no target 1, so this filter never matches"},
	    {"core_filters/nr_filters=0 " ONE_FILTER("ops_filters", "memcg"),
	     "ops_filters/0/memcg_path: is empty, and must be the path of a memory cgroup"},
	    {"ops_filters/0/memcg_path=/a/b",
	     "ops_filters/0/memcg_path: no memory cgroup of the unified hierarchy has this path"},
	    {"ops_filters/0/memcg_path=/a"}}}}},

	{"filter_of_pages_for_whole_mapping_action_is_refused",
	 {{"willneed hugepage nohugepage collapse",
	   {{"action=$ " ONE_FILTER("filters", "anon"),
	     "filters/0/type: $ is for whole mappings, so only addr, target and probe_hits_wsum can "
	     "filter"},
	    {ONE_FILTER("ops_filters", "young"),
	     "ops_filters/0/type: $ is for whole mappings, so only addr, target and probe_hits_wsum "
	     "can filter"},
	    {"ops_filters/nr_filters=0 " ONE_FILTER("filters", "target")}}},
	  {"cold pageout stat", {{"action=$ " ONE_FILTER("filters", "anon")}}}}},
};

std::vector<std::string> words_of(const std::string &text)
{
	std::istringstream in{text};

	return {std::istream_iterator<std::string>{in}, {}};
}

std::string with_word(std::string text, const std::string &word)
{
	for (size_t at; (at = text.find('$')) != text.npos;)
		text.replace(at, 1, word);
	return text;
}

class rule_case : public sysfs_schemes {
public:
	explicit rule_case(const rule &rule) : rule_(rule) {}
	void TestBody() override
	{
		for (const group &group : rule_.groups)
			for (const std::string &word :
			     *group.words ? words_of(group.words) : std::vector<std::string>{""})
				for (const step &step : group.steps)
					take(step, word);
	}

private:
	void take(const step &step, const std::string &word)
	{
		SCOPED_TRACE(with_word(step.stages, word));
		if (step.changes_world)
			step.changes_world();
		for (const std::string &each : words_of(with_word(step.stages, word))) {
			const size_t at = each.find('=');
			const std::string file = each.substr(0, at);

			put(file[0] == '/' ? context + file.substr(1) : scheme + file,
			    each.substr(at + 1) + "\n");
		}
		expect_start(with_word(step.says, word), step.error);
	}

	void expect_start(const std::string &says, int error)
	{
		if (!says.empty() && !says.starts_with("note")) {
			refuse_command("on", error, in_scheme + says);
			return;
		}
		const size_t place = says.empty() ? 0 : says.find(": ") + 2;

		run("on");
		EXPECT_EQ(last_error(), says.empty() ? "\n" :
						       says.substr(0, place) + in_scheme +
							       says.substr(place) + "\n");
		run("off");
	}

	const rule &rule_;
};

const bool registered = [] {
	for (const rule &each : rules)
		testing::RegisterTest("sysfs_schemes", each.name, nullptr, nullptr, __FILE__, __LINE__,
				      [&each]() -> sysfs_schemes * { return new rule_case(each); });
	return true;
}();

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
