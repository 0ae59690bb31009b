// SPDX-License-Identifier: GPL-2.0
// damonxx_tier: what its parameters and the machine come to.
#include "kunit/test.hh"
#include "modules/module.h"
#include "selftests/host/host.hh"

#include <gtest/gtest.h>

#include <map>
#include <string>

extern damonxx_module damonxx_tier_module;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;
constexpr u64 ram = u64{4} << 30;	// where it begins
constexpr u64 node_bytes = 128 * mib;

std::string get(const std::string &name)
{
	char buffer[4096];
	const int length =
		damonxx_module_get(&damonxx_tier_module, name.c_str(), buffer, sizeof(buffer));

	return length > 0 ? std::string(buffer, static_cast<size_t>(length) - 1)
			  : "error " + std::to_string(length);
}

int set(const std::string &name, const std::string &text)
{
	return damonxx_module_set(&damonxx_tier_module, name.c_str(), (text + "\n").c_str());
}

// @count nodes side by side, each slower than the one before it.
void make_machine(u32 count)
{
	damonxx_numa_topology machine{};
	std::map<int, std::vector<kapi_range>> memory;

	machine.nr_nodes = count;
	for (u32 i = 0; i < count; i++) {
		damonxx_node &node = machine.nodes[i];
		const int nid = static_cast<int>(i);
		node = {.nid = nid, .has_memory = true, .has_cpu = i == 0,
			.abstract_distance = 500 * (i + 1), .total_bytes = node_bytes,
			.kept_bytes = node_bytes / 16, .distance = {}};
		for (u32 k = 0; k < count; k++)
			node.distance[k] = 10 * (1 + (i > k ? i - k : k - i));
		memory[nid] = {{ram + i * node_bytes, ram + (i + 1) * node_bytes}};
		host::add_node(nid, node_bytes, node_bytes / 2);
	}
	host::set_machine(machine, memory);
}

class tier : public testing::Test {
protected:
	tier() : state_{damonxx_tier_module}
	{
		for (u32 i = 0; i < state_.nr_parameters; i++)
			if (state_.parameters[i].value)
				values_[state_.parameters[i].value] = *state_.parameters[i].value;
	}
	~tier() override
	{
		damonxx_module_exit(&damonxx_tier_module);
		damonxx_tier_module = state_;
		for (const auto &[at, value] : values_)
			*at = value;
	}
	void SetUp() override
	{
		host::use_virtual_clock();
		host::seed(5);
		host::add_process(host::ram, {{ram, ram + 4 * node_bytes}});
		make_machine(2);
	}

	const damonxx_settings &settings() const { return damonxx_tier_module.settings; }
	const damonxx_scheme &scheme(u32 i) const { return settings().schemes[i]; }

private:
	damonxx_module state_;
	std::map<u64 *, u64> values_;
};

} // namespace

TEST_F(tier, parameters_have_documented_defaults)
{
	const std::map<std::string, std::string> expected = {
		{"enabled", "N"}, {"commit_inputs", "N"}, {"promote_target_nid", "-1"},
		{"demote_target_nid", "-1"}, {"promote_target_mem_used_bp", "0"},
		{"demote_target_mem_free_bp", "0"}, {"promote_min_access_freq", "300"},
		{"promote_min_age", "0"}, {"demote_min_age", "2500000"}, {"quota_ms", "0"},
		{"quota_sz", "41943040"}, {"quota_reset_interval_ms", "200"}, {"wmarks_high", "0"},
		{"wmarks_mid", "0"}, {"wmarks_low", "0"}, {"wmarks_interval", "5000000"},
		{"sample_interval", "10000"}, {"aggr_interval", "100000"}, {"min_nr_regions", "100"},
		{"max_nr_regions", "1000"}, {"autotune_monitoring_intervals", "N"},
		{"kdamond_pid", "-1"}, {"bytes_promoted_regions", "0"}, {"nr_demote_quota_exceeds", "0"},
	};
	for (const auto &[name, value] : expected)
		EXPECT_EQ(get(name), value) << name;
}

TEST_F(tier, each_node_is_a_target_with_schemes_of_its_own)
{
	make_machine(3);
	damonxx_module_init(&damonxx_tier_module);
	ASSERT_EQ(set("enabled", "Y"), 0);
	ASSERT_EQ(settings().nr_targets, 3u);
	ASSERT_EQ(settings().nr_schemes, 4u);
	const struct {
		u32 action;
		s32 source, to;
	} expected[] = {{DAMONXX_MIGRATE_HOT, 1, 0}, {DAMONXX_MIGRATE_COLD, 0, 1},
			{DAMONXX_MIGRATE_HOT, 2, 1}, {DAMONXX_MIGRATE_COLD, 1, 2}};
	for (u32 i = 0; i < 4; i++) {
		EXPECT_EQ(scheme(i).action, expected[i].action);
		EXPECT_EQ(scheme(i).target_nid, expected[i].to);
		ASSERT_EQ(scheme(i).nr_filters, 1u);
		const damonxx_filter &filter = scheme(i).filters[0];
		EXPECT_EQ(filter.type, u32{DAMONXX_FILTER_TARGET});
		EXPECT_EQ(filter.target_index, expected[i].source);
		EXPECT(!filter.matching && !filter.allow);
		EXPECT_EQ(scheme(i).watermarks.metric, u32{DAMONXX_ALWAYS});
		// What is free where memory goes to, or where it comes from.
		const damonxx_goal &goal = scheme(i).quota.goals[0];
		EXPECT_EQ(goal.nid, i % 2 ? expected[i].source : expected[i].to);
	}
}

TEST_F(tier, goals_overlap_and_quota_is_shared)
{
	damonxx_module_init(&damonxx_tier_module);
	ASSERT_EQ(set("quota_ms", "7"), 0);
	ASSERT_EQ(set("enabled", "Y"), 0);
	const damonxx_quota &promotion = scheme(0).quota;
	const damonxx_quota &demotion = scheme(1).quota;
	EXPECT_EQ(promotion.goals[0].metric, u32{DAMONXX_NODE_MEM_USED_BP});
	EXPECT_EQ(demotion.goals[0].metric, u32{DAMONXX_NODE_MEM_FREE_BP});
	// 6.25 % are kept, and 3 % are room.
	EXPECT_EQ(promotion.goals[0].target_value, 9'375u);
	EXPECT_EQ(demotion.goals[0].target_value, 925u);
	EXPECT_GT(promotion.goals[0].target_value + demotion.goals[0].target_value, 10'000u);
	for (const damonxx_quota *quota : {&promotion, &demotion}) {
		EXPECT_EQ(quota->size, 40 * mib);
		EXPECT_EQ(quota->ms, 7u);
		EXPECT_EQ(quota->pool, promotion.pool);
		EXPECT_NE(quota->pool, 0u);
	}

	// Little is not no limit.
	ASSERT_EQ(set("quota_ms", "1"), 0);
	ASSERT_EQ(set("quota_sz", "1"), 0);
	ASSERT_EQ(set("promote_target_mem_used_bp", "9970"), 0);
	ASSERT_EQ(set("demote_target_mem_free_bp", "50"), 0);
	ASSERT_EQ(set("commit_inputs", "Y"), 0);
	for (const damonxx_quota *quota : {&promotion, &demotion}) {
		EXPECT_EQ(quota->ms, 1u);
		EXPECT_EQ(quota->size, 4096u);
	}
	EXPECT_EQ(promotion.goals[0].target_value, 9'970u);
	EXPECT_EQ(demotion.goals[0].target_value, 50u);
	EXPECT_EQ(set("promote_target_mem_used_bp", "10001"), -EINVAL);
}

TEST_F(tier, watermarks_are_of_the_fast_node)
{
	damonxx_module_init(&damonxx_tier_module);
	for (const char *name : {"wmarks_high", "wmarks_mid"})
		ASSERT_EQ(set(name, "200"), 0);
	ASSERT_EQ(set("enabled", "Y"), 0);
	for (u32 i = 0; i < 2; i++) {
		EXPECT_EQ(scheme(i).watermarks.metric, u32{DAMONXX_NODE_FREE_MEM_RATE});
		EXPECT_EQ(scheme(i).watermarks.nid, 0);
		EXPECT_EQ(scheme(i).watermarks.high, 200u);
	}
}

TEST_F(tier, node_parameter_invalid_is_refused)
{
	damonxx_module_init(&damonxx_tier_module);
	for (const char *bad : {"", "x", "-2", "1x", "0x", "--1"})
		EXPECT_EQ(set("promote_target_nid", bad), -EINVAL) << bad;
	EXPECT_EQ(set("promote_target_nid", "2147483648"), -ERANGE);
	EXPECT_EQ(set("demote_target_nid", "7"), 0);
	EXPECT_EQ(get("demote_target_nid"), "7");
	EXPECT_EQ(set("enabled", "Y"), -EINVAL);
	EXPECT(host::log_contains("damonxx_tier: not enabled: demote_target_nid 7 is no node with memory"));
	EXPECT_EQ(set("demote_target_nid", "-1"), 0);
	EXPECT_EQ(get("demote_target_nid"), "-1");
	EXPECT_EQ(set("enabled", "Y"), 0);
	EXPECT_EQ(set("promote_target_nid", "1"), 0);
	EXPECT_EQ(set("commit_inputs", "Y"), -EINVAL);
	EXPECT(host::log_contains("damonxx_tier: not committed: promote_target_nid 1 is of the slowest tier"));
	EXPECT_EQ(get("enabled"), "Y");
}

TEST_F(tier, hot_memory_is_promoted_and_cold_demoted)
{
	host::set_pages(host::ram, {ram, ram + node_bytes}, {.memcg = 0, .nr_pages = 1, .anon = 1, .node = 0});
	host::set_pages(host::ram, {ram + node_bytes, ram + 2 * node_bytes},
			{.memcg = 0, .nr_pages = 1, .anon = 1, .node = 1});
	host::set_hot(host::ram, {{ram + node_bytes, ram + node_bytes + 32 * mib}});
	host::add_node(0, node_bytes, 0);
	damonxx_module_init(&damonxx_tier_module);
	ASSERT_EQ(set("enabled", "Y"), 0);
	host::run_for(8'000 * ms);
	const u64 promoted = std::stoull(get("bytes_promoted_regions"));
	const u64 demoted = std::stoull(get("bytes_demoted_regions"));
	const u64 page = 4096;
	EXPECT_GE(promoted, 28 * mib);
	EXPECT_LE(promoted, 40 * mib);
	EXPECT_GE(demoted, promoted);
	EXPECT_EQ(host::count_pages_in(host::ram, {ram + node_bytes, ram + 2 * node_bytes}).on_node[0] * page,
		  promoted);
	EXPECT_EQ(host::count_pages_in(host::ram, {ram, ram + node_bytes}).on_node[1] * page, demoted);
}

TEST_F(tier, second_tier_appearing_starts_it)
{
	make_machine(1);
	EXPECT_EQ(set("enabled", "Y"), 0);
	damonxx_module_init(&damonxx_tier_module);
	EXPECT_EQ(get("enabled"), "N");
	EXPECT(host::log_contains("damonxx_tier: not enabled: all memory is of one tier"));
	EXPECT_EQ(set("enabled", "Y"), -ENODEV);
	make_machine(2);
	damonxx_module_follow(&damonxx_tier_module);
	EXPECT_EQ(get("enabled"), "Y");
	EXPECT(host::log_contains("damonxx_tier: nodes by tier, the fastest first: 0 > 1, by abstract distance"));
	const std::string pid = get("kdamond_pid");
	make_machine(3);
	damonxx_module_follow(&damonxx_tier_module);
	EXPECT_EQ(settings().nr_targets, 3u);
	EXPECT_EQ(get("kdamond_pid"), pid);
	// Schemes that are gone keep their places, for what they have counted.
	make_machine(2);
	damonxx_module_follow(&damonxx_tier_module);
	EXPECT_EQ(settings().nr_targets, 2u);
	EXPECT_EQ(settings().nr_schemes, 4u);
	make_machine(1);
	damonxx_module_follow(&damonxx_tier_module);
	EXPECT_EQ(get("enabled"), "N");
	make_machine(2);
	damonxx_module_follow(&damonxx_tier_module);
	EXPECT_EQ(get("enabled"), "Y");
	// Who wants it off does not get it back.
	EXPECT_EQ(set("enabled", "N"), 0);
	damonxx_module_follow(&damonxx_tier_module);
	EXPECT_EQ(get("enabled"), "N");
}
