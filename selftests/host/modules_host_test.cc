// SPDX-License-Identifier: GPL-2.0
// The special-purpose modules as an administrator meets them: parameters, and what they come to.
#include "kunit/test.hh"
#include "modules/module.h"
#include "selftests/host/host.hh"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

extern damonxx_module damonxx_reclaim_module;
extern damonxx_module damonxx_lru_sort_module;
extern damonxx_module damonxx_stat_module;
extern damonxx_module damonxx_tier_module;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;
constexpr u64 ram = u64{4} << 30; // where it begins

std::string get(damonxx_module &of, const std::string &name)
{
	char buffer[4096];
	const int length = damonxx_module_get(&of, name.c_str(), buffer, sizeof(buffer));

	if (length <= 0 || buffer[length - 1] != '\n')
		return "error " + std::to_string(length);
	return {buffer, static_cast<size_t>(length) - 1};
}

u64 number(damonxx_module &of, const std::string &name)
{
	return std::stoull(get(of, name));
}

int set(damonxx_module &of, const std::string &name, const std::string &text)
{
	return damonxx_module_set(&of, name.c_str(), (text + "\n").c_str());
}

std::vector<std::string> names_of_type(const damonxx_module &of, u32 type)
{
	std::vector<std::string> names;

	for (u32 i = 0; i < of.nr_parameters; i++)
		if (of.parameters[i].type == type)
			names.push_back(of.parameters[i].name);
	return names;
}

// Names and defaults as the tables have them; results have none.
#define PARAMETER_BOOL(name, initial, text) {#name, #initial},
#define PARAMETER_NUMBER(name, initial, range, unit, text) {#name, #initial},
#define PARAMETER_NUMBER_FROM(name, initial, least, unit, text) {#name, #initial},
#define PARAMETER_NUMBER_WITHIN(name, initial, least, most, unit, text) {#name, #initial},
#define PARAMETER_NODE(name, initial, text) {#name, #initial},
#define PARAMETER_RESULT(name, unit, text) {#name, ""},
const struct {
	damonxx_module &of;
	std::map<std::string, std::string> defaults;
} tables[] = {
	{damonxx_reclaim_module,
	 {
#include "modules/reclaim_parameters.h"
	 }},
	{damonxx_lru_sort_module,
	 {
#include "modules/lru_sort_parameters.h"
	 }},
	{damonxx_stat_module,
	 {
#include "modules/stat_parameters.h"
	 }},
	{damonxx_tier_module,
	 {
#include "modules/tier_parameters.h"
	 }},
};

// All modules as they are when they are loaded.
class modules : public testing::Test {
protected:
	modules()
	{
		for (damonxx_module *one : all_) {
			states_[one] = *one;
			for (u32 i = 0; i < one->nr_parameters; i++)
				if (one->parameters[i].value)
					values_[one->parameters[i].value] =
						*one->parameters[i].value;
		}
	}
	~modules() override
	{
		for (damonxx_module *one : all_) {
			damonxx_module_exit(one);
			*one = states_[one];
		}
		for (const auto &[at, value] : values_)
			*at = value;
	}
	void SetUp() override
	{
		host::use_virtual_clock();
		host::seed(3);
		host::add_process(host::ram, {{ram, ram + 256 * mib}});
		host::set_hot(host::ram, {{ram, ram + 64 * mib}});
		host::add_node(0, 4096 * mib, 1200 * mib); // between the watermarks of reclaim
	}

	const std::vector<damonxx_module *> all_{&damonxx_reclaim_module, &damonxx_lru_sort_module,
						 &damonxx_stat_module};

private:
	std::map<damonxx_module *, damonxx_module> states_;
	std::map<u64 *, u64> values_;
};

} // namespace

TEST_F(modules, parameters_have_unique_names_and_values)
{
	for (damonxx_module *one : all_) {
		std::set<std::string> names;
		for (u32 i = 0; i < one->nr_parameters; i++) {
			const std::string name = one->parameters[i].name;
			EXPECT(names.insert(name).second);
			EXPECT_NE(get(*one, name).substr(0, 5), "error");
		}
		char buffer[16];
		EXPECT_EQ(damonxx_module_get(one, "nobody", buffer, sizeof(buffer)), -ENOENT);
		EXPECT_EQ(set(*one, "nobody", "1"), -ENOENT);
	}
}

TEST_F(modules, parameters_have_documented_defaults)
{
	const std::map<std::string, std::string> expected = {
		{"enabled", "N"},
		{"commit_inputs", "N"},
		{"min_age", "120000000"},
		{"quota_ms", "10"},
		{"quota_sz", "134217728"},
		{"quota_reset_interval_ms", "1000"},
		{"quota_mem_pressure_us", "0"},
		{"quota_autotune_feedback", "0"},
		{"wmarks_interval", "5000000"},
		{"wmarks_high", "500"},
		{"wmarks_mid", "400"},
		{"wmarks_low", "200"},
		{"sample_interval", "5000"},
		{"aggr_interval", "100000"},
		{"min_nr_regions", "10"},
		{"max_nr_regions", "1000"},
		{"autotune_monitoring_intervals", "N"},
		{"monitor_region_start", "0"},
		{"monitor_region_end", "0"},
		{"addr_unit", "1"},
		{"skip_anon", "N"},
		{"kdamond_pid", "-1"},
		{"nr_reclaim_tried_regions", "0"},
		{"bytes_reclaim_tried_regions", "0"},
		{"nr_reclaimed_regions", "0"},
		{"bytes_reclaimed_regions", "0"},
		{"nr_quota_exceeds", "0"},
	};
	EXPECT_EQ(damonxx_reclaim_module.nr_parameters, expected.size());
	for (const auto &[name, value] : expected)
		EXPECT_EQ(get(damonxx_reclaim_module, name), value) << name;

	EXPECT_EQ(get(damonxx_lru_sort_module, "hot_thres_access_freq"), "500");
	EXPECT_EQ(get(damonxx_lru_sort_module, "cold_min_age"), "120000000");
	EXPECT_EQ(get(damonxx_lru_sort_module, "wmarks_high"), "200");
	EXPECT_EQ(get(damonxx_lru_sort_module, "wmarks_mid"), "150");
	EXPECT_EQ(get(damonxx_lru_sort_module, "wmarks_low"), "50");
}

TEST_F(modules, parameters_are_those_of_the_tables)
{
	for (const auto &[of, defaults] : tables) {
		std::set<std::string> names;
		for (u32 i = 0; i < of.nr_parameters; i++)
			names.insert(of.parameters[i].name);
		for (const auto &[name, value] : defaults) {
			EXPECT_EQ(names.erase(name), 1u) << of.name << ' ' << name;
			EXPECT_EQ(value.empty() ? value : get(of, name), value)
				<< of.name << ' ' << name;
		}
		EXPECT_TRUE(names.empty()) << of.name << ' ' << *names.begin();
	}
}

TEST_F(modules, number_parameter_refuses_anything_else)
{
	for (damonxx_module *one : all_)
		for (const std::string &name : names_of_type(*one, DAMONXX_PARAMETER_NUMBER)) {
			const std::string before = get(*one, name);
			for (const char *bad : {"", "x", "-1", "1x", "1 2", " 1", "0x", "1.5", "Y"})
				EXPECT_EQ(set(*one, name, bad), -EINVAL) << name << ' ' << bad;
			EXPECT_EQ(set(*one, name, "18446744073709551616"), -ERANGE) << name;
			EXPECT_EQ(damonxx_module_set(one, name.c_str(), nullptr), -EINVAL) << name;
			EXPECT_EQ(get(*one, name), before) << name;
			EXPECT_EQ(set(*one, name, "0x20"), 0) << name;
			EXPECT_EQ(get(*one, name), "32") << name;
		}
	EXPECT_EQ(set(damonxx_lru_sort_module, "hot_thres_access_freq", "1000"), 0);
	EXPECT_EQ(set(damonxx_lru_sort_module, "hot_thres_access_freq", "1001"), -EINVAL);
	EXPECT_EQ(set(damonxx_lru_sort_module, "active_mem_bp", "10001"), -EINVAL);
	EXPECT_EQ(set(damonxx_reclaim_module, "addr_unit", "0"), -EINVAL);
	EXPECT_EQ(set(damonxx_reclaim_module, "sample_interval", "0"), -EINVAL);
}

TEST_F(modules, bool_parameter_refuses_anything_else)
{
	for (damonxx_module *one : all_)
		for (const std::string &name : names_of_type(*one, DAMONXX_PARAMETER_BOOL)) {
			EXPECT_EQ(set(*one, name, "2"), -EINVAL);
			EXPECT_EQ(get(*one, name), "N");
			EXPECT_EQ(damonxx_module_set(one, name.c_str(), nullptr), 0);
			EXPECT_EQ(get(*one, name), "Y");
			EXPECT_EQ(set(*one, name, "off"), 0);
			EXPECT_EQ(get(*one, name), "N");
		}
	for (damonxx_module *one : all_)
		EXPECT_EQ(set(*one, "enabled", "perhaps"), -EINVAL);
	EXPECT_EQ(set(damonxx_reclaim_module, "commit_inputs", "perhaps"), -EINVAL);
}

TEST_F(modules, enabled_and_pid_follow_the_kdamond)
{
	for (damonxx_module *one : all_) {
		damonxx_module_init(one);
		EXPECT_EQ(get(*one, "enabled"), "N");
		EXPECT_EQ(set(*one, "enabled", "N"), 0);
		EXPECT_EQ(set(*one, "enabled", "Y"), 0);
		EXPECT_EQ(get(*one, "enabled"), "Y");
		const std::string pid = get(*one, "kdamond_pid");
		EXPECT_NE(pid, "-1");
		EXPECT_EQ(set(*one, "enabled", "Y"), 0); // it is the same one
		EXPECT_EQ(get(*one, "kdamond_pid"), pid);
		// As if it had ended by itself.
		damonxx_context_stop(one->context);
		EXPECT_EQ(get(*one, "enabled"), "N");
		EXPECT_EQ(get(*one, "kdamond_pid"), "-1");
		EXPECT_EQ(set(*one, "enabled", "Y"), 0);
		EXPECT_EQ(get(*one, "enabled"), "Y");
		EXPECT_EQ(set(*one, "enabled", "N"), 0);
		EXPECT_EQ(get(*one, "enabled"), "N");
		EXPECT_EQ(get(*one, "kdamond_pid"), "-1");
		// Nothing is kept of one that has ended by itself, either.
		EXPECT_EQ(set(*one, "enabled", "Y"), 0);
		damonxx_context_stop(one->context);
		EXPECT_EQ(set(*one, "enabled", "N"), 0);
		EXPECT_EQ(one->context, nullptr);
		damonxx_module_exit(one);
		EXPECT_EQ(set(*one, "enabled", "Y"), -ENODEV);
		EXPECT_EQ(get(*one, "enabled"), "N");
	}
}

TEST_F(modules, modules_run_at_once)
{
	for (damonxx_module *one : all_) {
		damonxx_module_init(one);
		EXPECT_EQ(set(*one, "enabled", "Y"), 0);
	}
	host::run_for(2000 * ms);
	for (damonxx_module *one : all_)
		EXPECT_EQ(get(*one, "enabled"), "Y");
}

TEST_F(modules, load_with_enabled_starts_after_all_parameters)
{
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
	EXPECT_EQ(get(damonxx_reclaim_module, "enabled"), "N");
	EXPECT_EQ(set(damonxx_reclaim_module, "aggr_interval", "200000"), 0);
	damonxx_module_init(&damonxx_reclaim_module);
	EXPECT_EQ(get(damonxx_reclaim_module, "enabled"), "Y");
	damonxx_monitoring monitoring;
	damonxx_context_read_monitoring(damonxx_reclaim_module.context, &monitoring);
	EXPECT_EQ(monitoring.aggr_us, 200'000u);
}

TEST_F(modules, note_about_settings_does_not_prevent_enabling)
{
	for (const char *mark : {"wmarks_high", "wmarks_mid", "wmarks_low"})
		EXPECT_EQ(set(damonxx_reclaim_module, mark, "0"), 0);
	damonxx_module_init(&damonxx_reclaim_module);
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
	EXPECT(host::log_contains("damonxx_reclaim: note: schemes/0/watermarks/high: is 0"));
	EXPECT(!host::log_contains("not enabled"));
}

TEST_F(modules, load_with_invalid_parameters_logs_and_can_be_mended)
{
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
	EXPECT_EQ(set(damonxx_reclaim_module, "min_nr_regions", "2000"), 0);
	damonxx_module_init(&damonxx_reclaim_module);
	EXPECT_EQ(get(damonxx_reclaim_module, "enabled"), "N");
	EXPECT(host::log_contains("damonxx_reclaim: not enabled: monitoring_attrs/nr_regions: min "
				  "2000 is above max 1000"));
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), -EINVAL);
	EXPECT_EQ(set(damonxx_reclaim_module, "min_nr_regions", "20"), 0);
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
}

TEST_F(modules, commit_inputs_reports_its_result)
{
	damonxx_module &one = damonxx_reclaim_module;
	damonxx_monitoring monitoring;

	damonxx_module_init(&one);
	EXPECT_EQ(set(one, "commit_inputs", "Y"), -EINVAL);
	EXPECT_EQ(set(one, "commit_inputs", "N"), 0);
	EXPECT_EQ(set(one, "enabled", "Y"), 0);
	EXPECT_EQ(set(one, "aggr_interval", "400000"), 0);
	damonxx_context_read_monitoring(one.context, &monitoring);
	EXPECT_EQ(monitoring.aggr_us, 100'000u);
	EXPECT_EQ(set(one, "commit_inputs", "Y"), 0);
	EXPECT_EQ(get(one, "commit_inputs"), "N");
	damonxx_context_read_monitoring(one.context, &monitoring);
	EXPECT_EQ(monitoring.aggr_us, 400'000u);

	EXPECT_EQ(set(one, "aggr_interval", "1"), 0);
	EXPECT_EQ(set(one, "commit_inputs", "Y"), -EINVAL);
	EXPECT(host::log_contains("damonxx_reclaim: not committed: monitoring_attrs/intervals: "
				  "sample_us 5000 is above aggr_us 1"));
	damonxx_context_read_monitoring(one.context, &monitoring);
	EXPECT_EQ(monitoring.aggr_us, 400'000u);
	EXPECT_EQ(get(one, "enabled"), "Y");

	damonxx_context_stop(one.context);
	EXPECT_EQ(set(one, "aggr_interval", "100000"), 0);
	EXPECT_EQ(set(one, "commit_inputs", "Y"), -ECANCELED);
}

TEST_F(modules, failing_allocation_returns_enomem_and_keeps_running)
{
	for (damonxx_module *one : all_) {
		damonxx_module_init(one);
		host::for_each_failing_allocation([&] {
			const int done = set(*one, "enabled", "Y");
			EXPECT_EQ(done, host::has_failed() ? -ENOMEM : 0);
			EXPECT_EQ(get(*one, "enabled"), done ? "N" : "Y");
			EXPECT_EQ(set(*one, "enabled", "N"), 0);
		});
		EXPECT_EQ(set(*one, "enabled", "Y"), 0);
		if (one == &damonxx_stat_module)
			continue;
		host::for_each_failing_allocation([&] {
			const int done = set(*one, "commit_inputs", "Y");
			EXPECT_EQ(done, host::has_failed() ? -ENOMEM : 0);
			EXPECT_EQ(get(*one, "enabled"), "Y");
		});
		// Results stay what they were.
		host::run_for(300 * ms);
		host::for_each_failing_allocation([&] {
			for (u32 i = 0; i < one->nr_parameters; i++)
				EXPECT_NE(get(*one, one->parameters[i].name).substr(0, 5), "error");
		});
	}
}

// Whatever a single parameter is: it is refused, or it works, and what ran before goes on.
TEST_F(modules, extreme_parameter_is_refused_or_works)
{
	for (damonxx_module *one : {&damonxx_reclaim_module, &damonxx_lru_sort_module}) {
		damonxx_module_init(one);
		EXPECT_EQ(set(*one, "enabled", "Y"), 0);
		for (const std::string &name : names_of_type(*one, DAMONXX_PARAMETER_NUMBER)) {
			const std::string before = get(*one, name);
			for (const char *text : {"0", "1", "4096", "4294967295", "4294967296",
						 "9223372036854775808", "18446744073709551615"}) {
				if (set(*one, name, text) != 0)
					continue;
				// Millions of regions are no test of ours.
				if (name == "max_nr_regions" || name == "min_nr_regions")
					host::fail_from(1);
				const int done = set(*one, "commit_inputs", "Y");
				host::fail_nth(0);
				EXPECT(done == 0 || done == -EINVAL || done == -ENOMEM);
				host::run_for(20 * ms);
				EXPECT_EQ(get(*one, "enabled"), "Y") << name << ' ' << text;
			}
			EXPECT_EQ(set(*one, name, before), 0);
			EXPECT_EQ(set(*one, "commit_inputs", "Y"), 0);
		}
	}
}

TEST_F(modules, quota_split_in_two_is_never_zero)
{
	const damonxx_settings &settings = damonxx_lru_sort_module.settings;

	damonxx_module_init(&damonxx_lru_sort_module);
	for (const auto &[written, each] :
	     std::map<std::string, u64>{{"0", 0}, {"1", 1}, {"2", 1}, {"11", 5}}) {
		EXPECT_EQ(set(damonxx_lru_sort_module, "quota_ms", written), 0);
		EXPECT_EQ(set(damonxx_lru_sort_module, "enabled", "Y"), 0);
		ASSERT_EQ(settings.nr_schemes, 2u);
		EXPECT_EQ(settings.schemes[0].quota.ms, each);
		EXPECT_EQ(settings.schemes[1].quota.ms, each);
		EXPECT_EQ(set(damonxx_lru_sort_module, "enabled", "N"), 0);
	}
}

TEST_F(modules, parameters_reach_the_settings)
{
	damonxx_module_init(&damonxx_reclaim_module);
	for (const auto &[name, value] : std::map<std::string, std::string>{
		     {"min_age", "30000000"},
		     {"quota_sz", "65536"},
		     {"addr_unit", "4096"},
		     {"monitor_region_start", std::to_string(ram / 4096)},
		     {"monitor_region_end", std::to_string((ram + mib) / 4096)},
		     {"quota_autotune_feedback", "77"},
		     {"skip_anon", "Y"},
		     {"aggr_interval", "50000"}})
		EXPECT_EQ(set(damonxx_reclaim_module, name, value), 0);
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
	const damonxx_settings &settings = damonxx_reclaim_module.settings;
	const damonxx_scheme &scheme = settings.schemes[0];
	EXPECT_EQ(scheme.min_age, 600u);
	EXPECT_EQ(scheme.quota.size, 16u);
	ASSERT_EQ(scheme.quota.nr_goals, 1u);
	EXPECT_EQ(scheme.quota.goals[0].target_value, 10'000u);
	EXPECT_EQ(scheme.quota.goals[0].current_value, 77u);
	EXPECT_EQ(scheme.nr_filters, 1u);
	damonxx_snapshot *snapshot = nullptr;
	ASSERT_EQ(damonxx_context_take_snapshot(damonxx_reclaim_module.context, &snapshot), 0);
	EXPECT_EQ(damonxx_snapshot_regions(snapshot)[0].start, ram / 4096);
	EXPECT_EQ(damonxx_snapshot_regions(snapshot)[snapshot->nr_regions - 1].end,
		  (ram + mib) / 4096);
	damonxx_snapshot_free(snapshot);
}

TEST_F(modules, hotplugged_memory_is_monitored)
{
	damonxx_module_init(&damonxx_reclaim_module);
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
	host::run_for(1000 * ms);
	host::map(host::ram, {ram + 512 * mib, ram + 640 * mib});
	host::run_for(1000 * ms);
	damonxx_snapshot *snapshot = nullptr;
	ASSERT_EQ(damonxx_context_take_snapshot(damonxx_reclaim_module.context, &snapshot), 0);
	EXPECT_EQ(damonxx_snapshot_regions(snapshot)[snapshot->nr_regions - 1].end,
		  ram + 640 * mib);
	damonxx_snapshot_free(snapshot);
	EXPECT_EQ(get(damonxx_reclaim_module, "monitor_region_end"), "0");
}

TEST_F(modules, commit_inputs_keeps_tuned_intervals)
{
	damonxx_monitoring before, after;

	host::set_hot(host::ram, {});
	damonxx_module_init(&damonxx_reclaim_module);
	EXPECT_EQ(set(damonxx_reclaim_module, "autotune_monitoring_intervals", "Y"), 0);
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
	host::run_for(5000 * ms);
	damonxx_context_read_monitoring(damonxx_reclaim_module.context, &before);
	EXPECT_GT(before.aggr_us, 100'000u);
	EXPECT_EQ(set(damonxx_reclaim_module, "commit_inputs", "Y"), 0);
	damonxx_context_read_monitoring(damonxx_reclaim_module.context, &after);
	EXPECT_EQ(after.aggr_us, before.aggr_us);
	EXPECT_EQ(damonxx_reclaim_module.settings.schemes[0].min_age, 120'000'000 / before.aggr_us);
}

// 64 MiB of 256 are hot.
TEST_F(modules, reclaim_pages_out_cold_memory)
{
	damonxx_module_init(&damonxx_reclaim_module);
	EXPECT_EQ(set(damonxx_reclaim_module, "min_age", "1000000"), 0);
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
	host::run_for(40'000 * ms);
	const u64 bytes = number(damonxx_reclaim_module, "bytes_reclaimed_regions");
	const u64 hot = host::count_pages_in(host::ram, {ram, ram + 64 * mib}).in_memory;
	const u64 cold =
		host::count_pages_in(host::ram, {ram + 64 * mib, ram + 256 * mib}).in_memory;
	EXPECT_GE(hot * 4096, 60 * mib);
	EXPECT_LE(cold * 4096, 8 * mib);
	EXPECT_GE(bytes, 184 * mib);
	EXPECT_LE(bytes, 196 * mib);
	EXPECT_GE(number(damonxx_reclaim_module, "bytes_reclaim_tried_regions"), bytes);
	// What it has done is still told when it is off, and begins anew after that.
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "N"), 0);
	EXPECT_EQ(number(damonxx_reclaim_module, "bytes_reclaimed_regions"), bytes);
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
	EXPECT_EQ(number(damonxx_reclaim_module, "bytes_reclaimed_regions"), 0u);
}

TEST_F(modules, lru_sort_prioritizes_hot_and_deprioritizes_cold)
{
	host::add_node(0, 256 * mib, 30 * mib);
	host::set_active(host::ram, {ram + 128 * mib, ram + 256 * mib});
	damonxx_module_init(&damonxx_lru_sort_module);
	EXPECT_EQ(set(damonxx_lru_sort_module, "cold_min_age", "1000000"), 0);
	EXPECT_EQ(set(damonxx_lru_sort_module, "quota_ms", "0"), 0);
	EXPECT_EQ(set(damonxx_lru_sort_module, "enabled", "Y"), 0);
	host::run_for(10'000 * ms);
	const u64 hot = host::count_pages_in(host::ram, {ram, ram + 64 * mib}).active;
	const u64 cold = host::count_pages_in(host::ram, {ram + 64 * mib, ram + 256 * mib}).active;
	EXPECT_GE(hot * 4096, 60 * mib);
	EXPECT_LE(cold * 4096, 8 * mib);
	EXPECT_GT(number(damonxx_lru_sort_module, "bytes_lru_sorted_hot_regions"), 0u);
	EXPECT_GT(number(damonxx_lru_sort_module, "bytes_lru_sorted_cold_regions"), 0u);
}

TEST_F(modules, conflicting_modules_are_logged)
{
	for (damonxx_module *one : all_)
		damonxx_module_init(one);
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
	EXPECT_EQ(set(damonxx_stat_module, "enabled", "Y"), 0);
	EXPECT(!host::log_contains("runs, too"));
	EXPECT_EQ(set(damonxx_lru_sort_module, "enabled", "Y"), 0);
	EXPECT(host::log_contains("damonxx_lru_sort: damonxx_reclaim runs, too"));
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "N"), 0);
	EXPECT_EQ(set(damonxx_reclaim_module, "enabled", "Y"), 0);
	EXPECT(host::log_contains("damonxx_reclaim: damonxx_lru_sort runs, too"));
}

namespace {

std::vector<long> numbers_in(const std::string &text)
{
	std::vector<long> numbers;
	size_t at = 0;

	for (;;) {
		size_t used = 0;
		numbers.push_back(std::stol(text.substr(at), &used));
		at += used;
		if (at >= text.size())
			return numbers;
		at++;
	}
}

} // namespace

TEST_F(modules, stat_reports_idle_times_and_bandwidth)
{
	damonxx_module_init(&damonxx_stat_module);
	EXPECT_EQ(get(damonxx_stat_module, "estimated_memory_bandwidth"), "0");
	EXPECT_EQ(get(damonxx_stat_module, "aggr_interval_us"), "0");
	EXPECT_EQ(numbers_in(get(damonxx_stat_module, "memory_idle_ms_percentiles")),
		  std::vector<long>(101));
	EXPECT_EQ(set(damonxx_stat_module, "enabled", "Y"), 0);
	host::run_for(60'000 * ms);
	const std::vector<long> idle =
		numbers_in(get(damonxx_stat_module, "memory_idle_ms_percentiles"));
	ASSERT_EQ(idle.size(), 101u);
	EXPECT(std::is_sorted(idle.begin(), idle.end()));
	// 64 MiB of 256 are accessed.
	EXPECT_LT(idle[20], 0);
	EXPECT_GT(idle[30], 0);
	EXPECT_GE(idle[100], 30'000);
	EXPECT_LE(idle[100], 70'000);
	// In each sample: 64 MiB.
	const u64 aggr_us = number(damonxx_stat_module, "aggr_interval_us");
	const u64 expected = 64 * mib * 20 * 1'000'000 / aggr_us;
	EXPECT_GE(number(damonxx_stat_module, "estimated_memory_bandwidth"), expected / 10 * 9);
	EXPECT_LE(number(damonxx_stat_module, "estimated_memory_bandwidth"), expected / 10 * 11);
	EXPECT_EQ(set(damonxx_stat_module, "enabled", "N"), 0);
	EXPECT_EQ(get(damonxx_stat_module, "estimated_memory_bandwidth"), "0");
}

// What is read-only can still be given on a command line.
TEST_F(modules, result_parameters_cannot_be_written)
{
	EXPECT_EQ(set(damonxx_stat_module, "kdamond_pid", "7"), 0);
	EXPECT_EQ(get(damonxx_stat_module, "kdamond_pid"), "-1");
	EXPECT_EQ(set(damonxx_reclaim_module, "nr_quota_exceeds", "7"), 0);
	EXPECT_EQ(get(damonxx_reclaim_module, "nr_quota_exceeds"), "0");
}
