// SPDX-License-Identifier: GPL-2.0
/*
 * Defects that other implementations had, as far as monitoring goes: one test each, here or where
 * the list says.
 *
 *	caches that kdamonds share			kdamonds.two_running_share_no_state
 *	regions equal or empty once they are aligned	regions_within_one_page_are_refused
 *	no sample in an aggregation			commit_invalid_*, sample_us_of_zero_*
 *	enforcing the minimum number of regions		min_nr_regions_above_pages_*; region_table fuzzing
 *	merging that never ends, and ages twice		ranges_above_max_nr_regions_are_harmless
 *	requests to who never was, or is gone		running_context.requests_before_start_fail_ecanceled,
 *							.target_exit_ends_kdamond
 *	references to processes lost in commits		commit_good_or_refused_keeps_no_process_reference
 *	operations named anew between check and use	sysfs_state.last_error_names_place_of_invalid_value
 *							(inputs are read once)
 *	huge and absent entries taken for pages		mappings.sh, frames.c
 *	mappings that change while they are listed	mappings.sh, sysfs_stress.sh
 *	one refresh timer for all			sysfs_refresh.each_kdamond_has_its_own_timer
 *	one count of regions for all			kdamonds.two_running_share_no_state
 *	the last window's count of the left region only	merge_averages_last_aggregation_too
 *	32-bit offsets in large regions			region_table.pick_checks_large_region_is_uniform, prng.*
 *	refused counts that had acted			nr_huge_is_refused_and_keeps_directories
 *
 * And in schemes:
 *
 *	a last folio that is stale			schemes.folio_in_two_regions_is_handled_once
 *	resume addresses off by one			schemes.quota_resumes_where_last_window_ended
 *	windows that wrap after a pause			quota.look_late_or_with_extreme_interval_decides_window
 *	a time quota that achieved nothing once		quota.effective_bytes_after_failures_allow_one_page
 *	totals that overflow				quota.charge_huge_amounts_saturates
 *	a target of 0, empty lists, cgroups above nodes	goal.*
 *	pressure since boot at first			goal.measure_psi_without_baseline_is_on_target
 *	a first window without any limit		quota.look_begins_first_window_at_once
 *	regions cut beyond the table			region_table.cut_at_keeps_counts_until_table_is_full
 *	a goal that cannot be reached pushes on		node_goals.share_beyond_room_is_bounded
 */
#include "core/kdamond/monitor.hh"
#include "sysfs_tree.hh"

#include <cerrno>

namespace {

using namespace host;

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;
constexpr u64 page = 4096;
constexpr u64 base = u64{0x7f00} << 32;

class defects : public sysfs_tree {
protected:
	const std::string attrs = context + "monitoring_attrs/";

	void SetUp() override
	{
		use_virtual_clock();
		seed(3);
		sysfs_tree::SetUp();
		stage_process();
	}
	u64 stat(const std::string &name)
	{
		const std::string all = "\n" + read(context + "stats");
		const size_t at = all.find("\n" + name + " ");
		return std::stoull(all.substr(at + name.size() + 2));
	}
	void stage_ranges(const std::vector<std::pair<u64, u64>> &ranges)
	{
		const std::string dir = context + "targets/0/regions/";

		put(dir + "nr_regions", std::to_string(ranges.size()) + "\n");
		for (size_t i = 0; i < ranges.size(); i++) {
			put(dir + std::to_string(i) + "/start", std::to_string(ranges[i].first) + "\n");
			put(dir + std::to_string(i) + "/end", std::to_string(ranges[i].second) + "\n");
		}
	}
	u64 tried(const std::string &index, const char *what)
	{
		return std::stoull(read(scheme + "tried_regions/" + index + what));
	}
	std::vector<std::string> tried_dirs()
	{
		std::vector<std::string> dirs;

		run("update_schemes_tried_regions");
		for (const std::string &name : list(scheme + "tried_regions"))
			if (name.ends_with('/'))
				dirs.push_back(name);
		return dirs;
	}
};

// ---- commits that are refused

TEST_F(defects, commit_invalid_is_explained_and_changes_nothing)
{
	const struct {
		const char *file, *bad, *line;
	} cases[] = {
		{"intervals/sample_us", "100001",
		 "contexts/0/monitoring_attrs/intervals: sample_us 100001 is above aggr_us 100000"},
		{"intervals/aggr_us", "0", "contexts/0/monitoring_attrs/intervals: aggr_us is 0"},
		{"nr_regions/min", "1001",
		 "contexts/0/monitoring_attrs/nr_regions: min 1001 is above max 1000"},
		{"nr_regions/min", "2", "contexts/0/monitoring_attrs/nr_regions: min 2 is below 3"},
		{"cpu_permil", "1001",
		 "contexts/0/monitoring_attrs/cpu_permil: 1001 is above 1000"},
	};

	run("on");
	run_for(1000 * ms);
	for (const auto &c : cases) {
		const std::string good = read(attrs + c.file);
		const u64 samples = stat("samples"), windows = stat("windows");

		put(attrs + c.file, std::string{c.bad} + "\n");
		refuse_command("commit", EINVAL, c.line);
		EXPECT_EQ(read(kdamond + "state"), "on\n");
		run_for(1000 * ms);
		EXPECT_EQ(stat("samples"), samples + 200) << c.line;
		EXPECT_EQ(stat("windows"), windows + 10) << c.line;
		EXPECT_EQ(stat("sample_us"), 5000u) << c.line;
		EXPECT_EQ(stat("aggr_us"), 100'000u) << c.line;
		put(attrs + c.file, good);
		run("commit");
	}
	run("off");
}

TEST_F(defects, sample_us_of_zero_samples_each_aggregation)
{
	put(attrs + "intervals/sample_us", "0\n");
	put(attrs + "intervals/aggr_us", "1\n");
	put(attrs + "intervals/update_us", "0\n");
	run("on");
	run_for(20 * ms);
	EXPECT_GT(stat("windows"), 1000u);
	EXPECT_EQ(stat("windows"), stat("samples"));
	run("off");
}

TEST_F(defects, nr_huge_is_refused_and_keeps_directories)
{
	stage_ranges({{0x10000, 0x20000}});
	put(attrs + "nr_regions/max", "77\n");
	put(scheme + "apply_interval_us", "5\n");
	auto before = read_all();
	for (const char *file : {"targets/nr_targets", "targets/0/regions/nr_regions",
				 "schemes/nr_schemes", "nr_contexts"}) {
		const std::string path =
			file == std::string{"nr_contexts"} ? kdamond + "contexts/nr_contexts" : context + file;

		for (const char *huge : {"65537\n", "2147483647\n"})
			EXPECT_EQ(write(path, huge), -EINVAL) << path;
		EXPECT_EQ(write(path, "4294967296\n"), -ERANGE) << path;
		EXPECT_EQ(read_all(), before) << path;
	}
	EXPECT_EQ(write("kdamonds/nr_kdamonds", "1025\n"), -EINVAL);
	EXPECT_EQ(read_all(), before);
}

TEST_F(defects, commit_good_or_refused_keeps_no_process_reference)
{
	run("on");
	for (int i = 0; i < 50; i++) {
		run("commit");
		put(attrs + "nr_regions/min", "2\n");
		EXPECT_EQ(command("commit"), -EINVAL);
		put(attrs + "nr_regions/min", "10\n");
	}
	EXPECT_EQ(held_pids(), 1u);
	run("off");
	EXPECT_EQ(held_pids(), 0u);
}

// ---- regions at their limits

TEST_F(defects, regions_within_one_page_are_refused)
{
	put(context + "operations", "fvaddr\n");
	for (const auto &ranges : {std::vector<std::pair<u64, u64>>{{0x10000, 0x10000}},
				   {{0x10010, 0x10000}},
				   {{0x10000, 0x10800}, {0x10800, 0x11000}}}) {
		stage_ranges(ranges);
		EXPECT_EQ(command("on"), -EINVAL);
		EXPECT_EQ(last_error().find("contexts/0/targets/0/regions/"), 0u) << last_error();
	}
	stage_ranges({{0x10010, 0x10020}});
	run("on");
	run_for(1000 * ms);
	EXPECT_EQ(tried_dirs().size(), 1u);
	EXPECT_EQ(tried("0/", "start"), 0x10000u);
	EXPECT_EQ(tried("0/", "end"), 0x11000u);
	run("off");
}

TEST_F(defects, min_nr_regions_above_pages_is_harmless)
{
	put(context + "operations", "fvaddr\n");
	put(attrs + "nr_regions/min", "100\n");
	stage_ranges({{0x10000, 0x18000}, {0x20000, 0x21000}});
	run("on");
	run_for(3000 * ms);
	u64 bytes = 0, last = 0;
	const auto dirs = tried_dirs();
	EXPECT_EQ(dirs.size(), 9u); // one for each page
	for (size_t i = 0; i < dirs.size(); i++) {
		const std::string index = std::to_string(i) + "/";
		EXPECT_GE(tried(index, "start"), last);
		last = tried(index, "end");
		bytes += last - tried(index, "start");
	}
	EXPECT_EQ(bytes, 9 * page);
	run("off");
}

// They do not touch, so no threshold makes them few enough.
TEST_F(defects, ranges_above_max_nr_regions_are_harmless)
{
	std::vector<std::pair<u64, u64>> ranges;

	for (u64 i = 0; i < 40; i++)
		ranges.emplace_back(0x10000 + 2 * i * page, 0x10000 + (2 * i + 1) * page);
	put(context + "operations", "fvaddr\n");
	put(attrs + "nr_regions/max", "10\n");
	stage_ranges(ranges);
	run("on");
	run_for(1050 * ms);
	EXPECT_EQ(tried_dirs().size(), 40u);
	// Once older in each window, however often it was tried to merge.
	for (u64 i = 0; i < 40; i++)
		EXPECT_LE(tried(std::to_string(i) + "/", "age"), stat("windows"));
	EXPECT_GE(tried("39/", "age"), 9u);
	run("off");
}

TEST_F(defects, merge_averages_last_aggregation_too)
{
	const damon::addr_range halves[] = {{0, page}, {page, 2 * page}};
	damon::region_table table;

	ASSERT_TRUE(table.reserve(2).is_ok());
	table.reset(halves);
	table.access_checks()[0].outcome = KAPI_IDLE;
	table.access_checks()[1].outcome = KAPI_ACCESSED;
	for (int i = 0; i < 20; i++)
		table.count_accesses();
	table.normalize(20);
	table.shift_counters();
	table.merge(0, ~u64{0});
	ASSERT_EQ(table.count(), 1u);
	EXPECT_EQ(table.last_nr_accesses(0), 10u);
}

// ---- kdamonds beside each other

class kdamonds : public testing::Test {
protected:
	struct one {
		damon::own<damon::monitor> runs;

		one(int pid, u64 min_regions)
		{
			damon::report why;
			damon::inputs in;
			damon::target_inputs t;

			t.pid = damon::pid_ref{kapi_pid_get(pid)};
			EXPECT_TRUE(in.targets.try_push(damon::move(t)).is_ok());
			in.attrs.min_nr_regions = min_regions;
			auto config = damon::configuration::build(damon::move(in), nullptr, why);
			EXPECT_TRUE(config.is_ok());
			runs = damon::make_own<damon::monitor>(damon::move(config).take(), 5).take();
			runs->begin();
		}
		~one() { runs->end(); }

		void sample()
		{
			EXPECT_TRUE(runs->prepare());
			runs->check();
		}
		std::vector<u64> regions() const
		{
			std::vector<u64> all;
			const damon::region_table &table = runs->config().targets[0].regions;

			for (u32 i = 0; i < table.count(); i++)
				for (const u64 value : {table.range(i).start, u64{table.nr_accesses(i)},
							u64{table.last_nr_accesses(i)}, u64{table.age(i)}})
					all.push_back(value);
			return all;
		}
	};

	void SetUp() override
	{
		use_virtual_clock();
		add_process(1, {{base, base + 64 * mib}});
		set_hot(1, {{base + 16 * mib, base + 20 * mib}});
		add_process(2, {{base, base + 512 * mib}});
		set_hot(2, {{base, base + 100 * mib}});
	}
};

TEST_F(kdamonds, two_running_share_no_state)
{
	std::vector<u64> alone;
	{
		one first{1, 10};
		for (int i = 0; i < 500; i++)
			first.sample();
		alone = first.regions();
	}
	one first{1, 10}, second{2, 200};
	for (int i = 0; i < 500; i++) {
		first.sample();
		second.sample();
	}
	EXPECT_EQ(first.regions(), alone);
}

} // namespace
