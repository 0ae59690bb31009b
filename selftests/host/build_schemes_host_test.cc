// SPDX-License-Identifier: GPL-2.0
// What is written to the files of a scheme is what the core is given.
#include "host.hh"
#include "kunit/sandbox.hh"
#include "sysfs/build_schemes.hh"
#include "sysfs/schemes.hh"

#include <gtest/gtest.h>

namespace {

using namespace host;
using damon::filter_type;
using damon::scheme_inputs;

constexpr u64 most = ~u64{0};

class build_schemes : public testing::Test {
protected:
	void SetUp() override
	{
		ASSERT_NE(box_.top(), nullptr);
		add_memcg("/a", 7);
		add_memcg("/b", 8);
		put("nr_schemes", "1");
	}

	static void put(const std::string &path, const std::string &text)
	{
		EXPECT_EQ(write("/damonxx_test/" + path, text), static_cast<long>(text.size())) << path;
	}
	static void put_all(const std::string &dir,
			    std::initializer_list<std::pair<const char *, const char *>> values)
	{
		for (const auto &[file, text] : values)
			put(dir + file, text);
	}
	damon::result<damon::vec<scheme_inputs>> build(u64 unit = 1)
	{
		return damon::build_schemes(damon::lock_tree().take(), *box_.top(), unit, why_);
	}
	scheme_inputs build_one(u64 unit = 1)
	{
		auto built = build(unit);

		EXPECT_TRUE(built.is_ok());
		EXPECT_EQ(why_.line(), damon::text_view{});
		if (!built.is_ok())
			return {};
		auto schemes = damon::move(built).take();
		EXPECT_EQ(schemes.size(), 1u);
		return damon::move(schemes[0]);
	}
	void refuse(damon::errc error, const std::string &line)
	{
		EXPECT_TRUE(build().error().is(error));
		EXPECT_EQ(std::string(why_.line().data(), why_.line().size()), line);
	}

	damon::test_tree::sandbox box_{damon::schemes_kind};
	damon::report why_;
};

TEST_F(build_schemes, defaults_build_scheme_without_effect)
{
	const scheme_inputs in = build_one();

	EXPECT_EQ(in.action, damon::action::stat);
	EXPECT_EQ(in.target_nid, -1);
	EXPECT_EQ(in.pattern, damon::access_pattern{});
	EXPECT_TRUE(in.destinations.empty() && in.core_filters.empty() && in.ops_filters.empty());
	EXPECT_FALSE(in.quota.limits());
	EXPECT_EQ(in.watermarks.metric, damon::watermark_metric::none);
}

TEST_F(build_schemes, each_value_reaches_its_member)
{
	put_all("0/", {{"action", "migrate_cold"}, {"target_nid", "-3"}, {"apply_interval_us", "5"}});
	put_all("0/access_pattern/", {{"sz/min", "1"}, {"sz/max", "2"}, {"nr_accesses/min", "3"},
				      {"nr_accesses/max", "4"}, {"age/min", "5"}, {"age/max", "6"}});
	put_all("0/quotas/", {{"ms", "11"}, {"bytes", "12"}, {"reset_interval_ms", "13"},
			      {"goal_tuner", "proportional"}, {"fail_charge_num", "14"},
			      {"fail_charge_denom", "15"}, {"weights/sz_permil", "16"},
			      {"weights/nr_accesses_permil", "17"}, {"weights/age_permil", "18"}});
	put_all("0/watermarks/", {{"metric", "node_free_mem_rate"}, {"interval_us", "21"}, {"high", "22"},
				  {"mid", "23"}, {"low", "24"}, {"nid", "25"}});
	put("0/stats/max_nr_snapshots", "26");

	const scheme_inputs in = build_one();
	EXPECT_EQ(in.action, damon::action::migrate_cold);
	EXPECT_EQ(in.target_nid, -3);
	EXPECT_EQ(in.apply_interval_us, 5u);
	EXPECT_EQ(in.pattern, (damon::access_pattern{{1, 2}, {3, 4}, {5, 6}}));
	EXPECT_EQ(in.quota.ms, 11u);
	EXPECT_EQ(in.quota.bytes, 12u);
	EXPECT_EQ(in.quota.reset_interval_ms, 13u);
	EXPECT_EQ(in.quota.tuner, damon::goal_tuner::proportional);
	EXPECT_EQ(in.quota.fail_charge_num, 14u);
	EXPECT_EQ(in.quota.fail_charge_denom, 15u);
	EXPECT_EQ(in.quota.weights.size, 16u);
	EXPECT_EQ(in.quota.weights.nr_accesses, 17u);
	EXPECT_EQ(in.quota.weights.age, 18u);
	EXPECT_EQ(in.watermarks.metric, damon::watermark_metric::node_free_mem_rate);
	EXPECT_EQ(in.watermarks.interval_us, 21u);
	EXPECT_EQ(in.watermarks.high, 22u);
	EXPECT_EQ(in.watermarks.mid, 23u);
	EXPECT_EQ(in.watermarks.low, 24u);
	EXPECT_EQ(in.watermarks.nid, 25);
	EXPECT_EQ(in.max_nr_snapshots, 26u);
}

TEST_F(build_schemes, each_action_keyword_builds_that_action)
{
	using enum damon::action;
	const std::pair<const char *, damon::action> known[] = {
		{"willneed", willneed}, {"cold", cold}, {"pageout", pageout}, {"hugepage", hugepage},
		{"nohugepage", nohugepage}, {"collapse", collapse}, {"lru_prio", lru_prio},
		{"lru_deprio", lru_deprio}, {"migrate_hot", migrate_hot},
		{"migrate_cold", migrate_cold}, {"stat", stat},
	};

	for (const auto &[name, wanted] : known) {
		put("0/action", name);
		EXPECT_EQ(build_one().action, wanted) << name;
	}
}

TEST_F(build_schemes, destinations_and_goals_keep_order)
{
	put("0/dests/nr_dests", "2");
	put_all("0/dests/", {{"0/id", "3"}, {"0/weight", "4"}, {"1/id", "5"}, {"1/weight", "4294967295"}});
	put("0/quotas/goals/nr_goals", "2");
	put_all("0/quotas/goals/0/", {{"target_metric", "node_memcg_used_bp"}, {"target_value", "31"},
				      {"nid", "2"}, {"path", "/b\n"}, {"direction", "lower"}});
	put_all("0/quotas/goals/1/", {{"target_value", "33"}, {"current_value", "34"}});

	const scheme_inputs in = build_one();
	ASSERT_EQ(in.destinations.size(), 2u);
	EXPECT_EQ(in.destinations[0].nid, 3u);
	EXPECT_EQ(in.destinations[0].weight, 4u);
	EXPECT_EQ(in.destinations[1].nid, 5u);
	EXPECT_EQ(in.destinations[1].weight, 4294967295u);
	ASSERT_EQ(in.quota.goals.size(), 2u);
	EXPECT_EQ(in.quota.goals[0].metric, damon::goal_metric::node_memcg_used_bp);
	EXPECT_EQ(in.quota.goals[0].target_value, 31u);
	EXPECT_EQ(in.quota.goals[0].nid, 2);
	EXPECT_EQ(in.quota.goals[0].memcg, 8u);
	EXPECT_EQ(in.quota.goals[0].direction, damon::goal_direction::lower);
	EXPECT_EQ(in.quota.goals[1].metric, damon::goal_metric::user_input);
	EXPECT_EQ(in.quota.goals[1].target_value, 33u);
	EXPECT_EQ(in.quota.goals[1].current_value, 34u);
	EXPECT_EQ(in.quota.goals[1].direction, damon::goal_direction::raise);
}

TEST_F(build_schemes, filters_reach_their_layers_in_order)
{
	put("0/filters/nr_filters", "3");
	put_all("0/filters/", {{"0/type", "target"}, {"0/damon_target_idx", "-2"}, {"1/type", "node"},
			       {"1/min", "1"}, {"1/max", "3"}, {"2/type", "addr"}});
	put("0/ops_filters/nr_filters", "2");
	put_all("0/ops_filters/", {{"0/matching", "Y"}, {"1/type", "memcg"}, {"1/allow", "Y"},
				   {"1/memcg_path", "/a"}});
	put("0/core_filters/nr_filters", "1");
	put_all("0/core_filters/0/", {{"type", "addr"}, {"addr_start", "4096"}, {"addr_end", "8192"}});

	const scheme_inputs in = build_one();
	ASSERT_EQ(in.core_filters.size(), 3u);
	EXPECT_EQ(in.core_filters[0].type, filter_type::addr);
	EXPECT_EQ(in.core_filters[0].range, (damon::addr_range{4096, 8192}));
	EXPECT_EQ(in.core_filters[1].type, filter_type::target);
	EXPECT_EQ(in.core_filters[1].target_index, -2);
	EXPECT_EQ(in.core_filters[2].type, filter_type::addr);
	EXPECT_EQ(in.core_filters[2].number, 2u);
	ASSERT_EQ(in.ops_filters.size(), 3u);
	EXPECT_EQ(in.ops_filters[0].type, filter_type::anon);
	EXPECT_TRUE(in.ops_filters[0].matching && !in.ops_filters[0].allow);
	EXPECT_EQ(in.ops_filters[1].memcg, 7u);
	EXPECT_TRUE(!in.ops_filters[1].matching && in.ops_filters[1].allow);
	EXPECT_EQ(in.ops_filters[2].type, filter_type::node);
	EXPECT_EQ(in.ops_filters[2].limits, (damon::bounds<u64>{1, 3}));
}

TEST_F(build_schemes, addr_unit_scales_sizes_and_addresses_but_folio_size)
{
	put_all("0/", {{"access_pattern/sz/min", "2"}, {"access_pattern/sz/max", "18446744073709551615"},
		       {"quotas/bytes", "5"}, {"filters/nr_filters", "2"}});
	put_all("0/filters/", {{"0/type", "addr"}, {"0/addr_start", "3"}, {"0/addr_end", "18446744073709551615"},
			       {"1/type", "hugepage_size"}, {"1/max", "9"}});

	const scheme_inputs in = build_one(4096);
	EXPECT_EQ(in.pattern.size_bytes, (damon::bounds<u64>{8192, most}));
	EXPECT_EQ(in.quota.bytes, 5u * 4096);
	EXPECT_EQ(in.core_filters[0].range, (damon::addr_range{3 * 4096, most}));
	EXPECT_EQ(in.ops_filters[0].limits.max, 9u);
}

TEST_F(build_schemes, core_filter_without_type_is_refused)
{
	put("0/core_filters/nr_filters", "1");
	refuse(damon::errc::inval,
	       "schemes/0/core_filters/0/type: is still anon, which is not for this layer; write addr, "
	       "target or probe_hits_wsum");
}

TEST_F(build_schemes, failing_allocation_returns_enomem)
{
	put_all("0/", {{"dests/nr_dests", "1"}, {"quotas/goals/nr_goals", "1"}, {"filters/nr_filters", "1"}});
	put_all("0/", {{"quotas/goals/0/target_value", "1"}, {"filters/0/type", "memcg"},
		       {"filters/0/memcg_path", "/a"}});
	const u64 failures = for_each_failing_allocation([&] {
		EXPECT_TRUE(build().error().is(damon::errc::nomem) == has_failed());
	});
	EXPECT_GE(failures, 5u);
}

} // namespace
