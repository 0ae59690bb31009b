// SPDX-License-Identifier: GPL-2.0
// Probes of data attributes, from their files to the hits that are told, on scripted pages.
#include "snapshot_view.hh"
#include "sysfs_tree.hh"

#include <algorithm>
#include <cerrno>

namespace {

using namespace host;

constexpr u64 ms = 1'000'000;
constexpr u64 base = 0x10000;
constexpr u64 page = 4096;
constexpr u64 aggr_samples = 20; // samples

class sysfs_probes : public sysfs_tree {
protected:
	const std::string probes = context + "monitoring_attrs/probes/";
	const std::string in_probes = "contexts/0/monitoring_attrs/probes/";

	void SetUp() override
	{
		use_virtual_clock();
		sysfs_tree::SetUp();
		add_memcg("/a", 7);
		add_memcg("/a/b", 8);
	}

	// Five ranges of 16 pages that are unlike each other, regions of their own.
	void stage_ranges(int target, u64 start)
	{
		set_pages(target, range(start, 0), {.memcg = 7, .nr_pages = 1, .anon = 1, .node = 0});
		set_pages(target, range(start, 1), {.memcg = 8, .nr_pages = 512, .anon = 1, .node = 0});
		set_pages(target, range(start, 2), {.memcg = 7, .nr_pages = 4, .anon = 0, .node = 0});
		set_pages(target, range(start, 3), {.memcg = 0, .nr_pages = 1, .anon = 0, .node = 0});
		set_hot(target, {range(start, 2)});
		put(context + "monitoring_attrs/nr_regions/min", "5\n");
		put(context + "monitoring_attrs/nr_regions/max", "5\n");
		put(context + "targets/0/regions/nr_regions", "5\n");
		for (u64 i = 0; i < 5; i++) {
			const std::string region =
				context + "targets/0/regions/" + std::to_string(i);
			put(region + "/start", std::to_string(range(start, i).start) + "\n");
			put(region + "/end", std::to_string(range(start, i).end) + "\n");
		}
	}
	// They lie apart, so that they are never joined; nothing is mapped in the last one.
	static kapi_range range(u64 start, u64 i)
	{
		return {start + 32 * i * page, start + (32 * i + 16) * page};
	}
	void stage_probed_process()
	{
		add_process(pid, {{base, base + 32 * 4 * page}});
		stage();
		put(context + "operations", "fvaddr\n");
		stage_ranges(pid, base);
	}

	std::string probe(u64 i) { return probes + std::to_string(i) + "/"; }
	void add_filter(u64 probe_number, const std::string &type, const std::string &matching,
			const std::string &allow)
	{
		const std::string filters = probe(probe_number) + "filters/";

		put(filters + "nr_filters", "1\n");
		put(filters + "0/type", type + "\n");
		put(filters + "0/matching", matching + "\n");
		put(filters + "0/allow", allow + "\n");
	}
	void put_filter(u64 probe_number, const std::string &file, const std::string &text)
	{
		put(probe(probe_number) + "filters/0/" + file, text + "\n");
	}
	std::string read_tried(const std::string &file)
	{
		return read(scheme + "tried_regions/" + file);
	}
	// Of each range, in the last aggregation.
	std::vector<u64> hits(u64 probe_number)
	{
		std::vector<u64> found;

		run("update_schemes_tried_regions");
		for (u64 i = 0; i < 5; i++) {
			const std::string region = std::to_string(i) + "/";
			EXPECT_EQ(read_tried(region + "start"),
				  std::to_string(range(start_, i).start) + "\n");
			found.push_back(std::stoull(read_tried(
				region + "probes/" + std::to_string(probe_number) + "/hits")));
		}
		return found;
	}

	u64 start_ = base;
};
using list_of = std::vector<u64>;

TEST_F(sysfs_probes, hits_tell_the_kind_of_memory)
{
	stage_probed_process();
	put(probes + "nr_probes", "4\n");
	add_filter(0, "anon", "Y", "Y");
	add_filter(1, "memcg", "Y", "Y");
	put_filter(1, "path", "/a");
	add_filter(2, "hugepage_size", "Y", "Y");
	put_filter(2, "min", "16384");
	put_filter(2, "max", "2097152");
	add_filter(3, "pgidle_unset", "Y", "Y");
	run("on");
	run_for(250 * ms);
	EXPECT_EQ(hits(0), (list_of{aggr_samples, aggr_samples, 0, 0, 0}));
	EXPECT_EQ(hits(1), (list_of{aggr_samples, 0, aggr_samples, 0, 0}));
	EXPECT_EQ(hits(2), (list_of{0, aggr_samples, aggr_samples, 0, 0}));
	EXPECT_EQ(hits(3), (list_of{0, 0, aggr_samples, 0, 0}));
	EXPECT_EQ(read_tried("2/nr_accesses"), "20\n");

	// What cannot be known of a page that is not there is not so; but nobody accessed it.
	add_filter(0, "anon", "N", "Y");
	add_filter(1, "pgidle_set", "Y", "Y");
	put(probes + "2/filters/nr_filters", "0\n");
	run("commit");
	run_for(250 * ms);
	EXPECT_EQ(hits(0), (list_of{0, 0, aggr_samples, aggr_samples, aggr_samples}));
	EXPECT_EQ(hits(1), (list_of{aggr_samples, aggr_samples, 0, aggr_samples, aggr_samples}));
	EXPECT_EQ(hits(2),
		  (list_of{aggr_samples, aggr_samples, aggr_samples, aggr_samples, aggr_samples}));
	run("off");
}

TEST_F(sysfs_probes, hits_are_in_snapshots_and_trace_events)
{
	stage_probed_process();
	put(probes + "nr_probes", "2\n");
	add_filter(1, "anon", "Y", "Y");
	listen(KAPI_TRACE_REGION_AGGREGATED);
	run("on");
	run_for(250 * ms);
	const snapshot_view told{read(context + "snapshot")};
	ASSERT_EQ(told.problem, "");
	EXPECT_EQ(told.header.nr_probes, 2u);
	ASSERT_EQ(told.regions.size(), 5u);
	for (u64 i = 0; i < 5; i++) {
		EXPECT_EQ(told.regions[i].hits[0], aggr_samples);
		EXPECT_EQ(told.regions[i].hits[1], i < 2 ? aggr_samples : 0);
	}
	const auto events = traced(KAPI_TRACE_REGION_AGGREGATED);
	ASSERT_EQ(events.size(), 10u); // two aggregations
	for (u64 i = 0; i < 10; i++) {
		ASSERT_EQ(events[i].hits.size(), 2u);
		EXPECT_EQ(events[i].hits[0], aggr_samples);
		EXPECT_EQ(events[i].hits[1], i % 5 < 2 ? aggr_samples : 0);
	}
	run("off");
}

TEST_F(sysfs_probes, hits_are_counted_for_paddr)
{
	start_ = u64{1} << 20;
	add_process(ram, {{start_, start_ + 32 * 4 * page}});
	stage();
	put(context + "operations", "paddr\n");
	stage_ranges(ram, start_);
	put(probes + "nr_probes", "2\n");
	add_filter(0, "anon", "Y", "Y");
	add_filter(1, "memcg", "Y", "Y");
	put_filter(1, "path", "/a/b");
	run("on");
	run_for(250 * ms);
	EXPECT_EQ(hits(0), (list_of{aggr_samples, aggr_samples, 0, 0, 0}));
	EXPECT_EQ(hits(1), (list_of{0, aggr_samples, 0, 0, 0}));
	run("off");
}

TEST_F(sysfs_probes, pages_without_probes_are_not_described)
{
	stage_probed_process();
	run("on");
	run_for(250 * ms);
	EXPECT_EQ(counts().describe_calls, 0u);
	run("update_schemes_tried_regions");
	EXPECT_FALSE(exists(scheme + "tried_regions/0/probes"));

	// Accesses are known anyway.
	put(probes + "nr_probes", "1\n");
	add_filter(0, "pgidle_unset", "Y", "Y");
	run("commit");
	run_for(250 * ms);
	EXPECT_EQ(counts().describe_calls, 0u);
	EXPECT_EQ(hits(0), (list_of{0, 0, aggr_samples, 0, 0}));
	run("off");
}

TEST_F(sysfs_probes, weights_disable_the_access_check)
{
	stage_probed_process();
	put(probes + "nr_probes", "1\n");
	put(probe(0) + "weight", "5\n");
	add_filter(0, "anon", "Y", "Y");
	run("on");
	run_for(500 * ms);
	EXPECT_EQ(counts().prepared_checks, 0u);
	EXPECT_EQ(hits(0), (list_of{aggr_samples, aggr_samples, 0, 0, 0}));
	EXPECT_EQ(read_tried("2/nr_accesses"), "0\n");

	// Unless one of them looks at accesses by itself, before and after.
	put(probe(0) + "preps/nr_preps", "1\n");
	add_filter(0, "pgidle_unset", "Y", "Y");
	run("commit");
	run_for(500 * ms);
	EXPECT_GT(counts().prepared_checks, 0u);
	EXPECT_EQ(hits(0), (list_of{0, 0, aggr_samples, 0, 0}));
	EXPECT_EQ(read_tried("2/nr_accesses"), "0\n");
	end_process(pid);
	run_for(100 * ms);
	EXPECT_EQ(read(kdamond + "state"), "off\n");
}

TEST_F(sysfs_probes, kdamond_without_access_check_ends_with_target)
{
	stage_probed_process();
	put(probes + "nr_probes", "1\n");
	put(probe(0) + "weight", "5\n");
	run("on");
	run_for(100 * ms);
	EXPECT_EQ(read(kdamond + "state"), "on\n");
	end_process(pid);
	run_for(100 * ms);
	EXPECT_EQ(read(kdamond + "state"), "off\n");
	EXPECT_EQ(held_pids() + held_mms(), 0u);
}

TEST_F(sysfs_probes, weights_find_regions_by_hits)
{
	const kapi_range special{base + 333 * page, base + 433 * page};

	add_process(pid, {{base, base + 1000 * page}});
	set_pages(pid, {base, base + 1000 * page}, {.memcg = 7, .nr_pages = 1, .anon = 0, .node = 0});
	set_pages(pid, special, {.memcg = 7, .nr_pages = 1, .anon = 1, .node = 0});
	stage();
	put(probes + "nr_probes", "1\n");
	put(probe(0) + "weight", "1\n");
	add_filter(0, "anon", "Y", "Y");
	run("on");
	run_for(5000 * ms);
	run("update_schemes_tried_regions");

	u64 right = 0, called = 0;
	for (size_t i = 0; exists(scheme + "tried_regions/" + std::to_string(i)); i++) {
		const std::string region = std::to_string(i) + "/";
		const u64 start = std::stoull(read_tried(region + "start"));
		const u64 end = std::stoull(read_tried(region + "end"));
		if (std::stoull(read_tried(region + "probes/0/hits")) < aggr_samples / 2)
			continue;
		called += end - start;
		const u64 from = std::max(start, special.start), to = std::min(end, special.end);
		right += from < to ? to - from : 0;
	}
	EXPECT_GE(right, 95 * page);
	EXPECT_LE(called, 105 * page);
	run("off");
}

TEST_F(sysfs_probes, commit_keeps_hits_by_index)
{
	stage_probed_process();
	// So long an aggregation that all of this is within one.
	put(context + "monitoring_attrs/intervals/aggr_us", "1000000000\n");
	put(scheme + "apply_interval_us", "5000\n");
	put(probes + "nr_probes", "2\n");
	add_filter(0, "anon", "Y", "Y");
	add_filter(1, "anon", "N", "Y");
	run("on");
	run_for(100 * ms);
	const list_of anon = hits(0), others = hits(1);
	EXPECT_GE(anon[0], 19u);
	EXPECT_GE(others[3], 19u);

	// The number stays, whatever the probe asks from now on.
	add_filter(0, "anon", "Y", "N");
	run("commit");
	EXPECT_GE(hits(0)[0], anon[0]);
	EXPECT_LE(hits(0)[0], anon[0] + 2);

	put(probes + "nr_probes", "1\n");
	add_filter(0, "anon", "Y", "Y");
	run("commit");
	EXPECT_GE(hits(0)[0], anon[0]);
	EXPECT_FALSE(exists(scheme + "tried_regions/0/probes/1"));
	put(probes + "nr_probes", "2\n");
	add_filter(0, "anon", "Y", "Y");
	add_filter(1, "anon", "N", "Y");
	run("commit");
	EXPECT_LE(hits(1)[3], 3u);
	EXPECT_GE(hits(0)[0], anon[0]);

	// Counters begin anew after a time without any.
	put(probes + "nr_probes", "0\n");
	run("commit");
	run("update_schemes_tried_regions");
	EXPECT_FALSE(exists(scheme + "tried_regions/0/probes"));
	put(probes + "nr_probes", "1\n");
	add_filter(0, "anon", "Y", "Y");
	run("commit");
	EXPECT_LE(hits(0)[0], 3u);
	run("off");
}

// The table for probes is a new one, which must hold what the old one holds.
TEST_F(sysfs_probes, commit_probes_and_fewer_regions_keeps_table_sound)
{
	stage_process();
	put(context + "monitoring_attrs/nr_regions/min", "60\n");
	run("on");
	run_for(200 * ms);
	put(context + "monitoring_attrs/nr_regions/min", "3\n");
	put(context + "monitoring_attrs/nr_regions/max", "3\n");
	put(probes + "nr_probes", "1\n");
	run("commit");
	run_for(200 * ms);
	run("update_schemes_tried_bytes");
	EXPECT_EQ(read_tried("total_bytes"), std::to_string(0x40000) + "\n");
	run("off");
}

TEST_F(sysfs_probes, invalid_probes_are_refused_with_reason)
{
	stage_probed_process();
	EXPECT_EQ(write(probes + "nr_probes", "5\n"), -EINVAL);
	put(probes + "nr_probes", "2\n");
	add_filter(1, "memcg", "Y", "Y");
	refuse_command("on", EINVAL,
		       in_probes + "1/filters/0/path: is empty, and must be the path of a memory "
				   "cgroup");
	put_filter(1, "path", "/b");
	refuse_command("on", EINVAL,
		       in_probes + "1/filters/0/path: no memory cgroup of the unified hierarchy "
				   "has this path");
	put_filter(1, "path", "/a/b");
	run("on");

	add_filter(1, "hugepage_size", "Y", "Y");
	put_filter(1, "min", "5");
	put_filter(1, "max", "4");
	refuse_command("commit", EINVAL, in_probes + "1/filters/0/max: 4 is below min 5");
	put_filter(1, "type", "pgidle_unset");
	put(probe(0) + "weight", "1\n");
	refuse_command("commit", EINVAL,
		       in_probes + "1/filters/0/type: pgidle_unset needs a probe with the prep "
				   "set_pgidle where weights replace the access check");
	put(context + "monitoring_attrs/intervals/aggr_us", "1280000\n");
	refuse_command("commit", EINVAL,
		       "contexts/0/monitoring_attrs/probes: weights need at most 255 samples in "
		       "aggr_us, and there are 256");
	EXPECT_EQ(read(kdamond + "state"), "on\n");
	run("off");
}

TEST_F(sysfs_probes, memcg_filter_without_kernel_support_is_refused)
{
	reset_memcgs();
	stage_probed_process();
	put(probes + "nr_probes", "1\n");
	add_filter(0, "memcg", "Y", "Y");
	put_filter(0, "path", "/a");
	refuse_command("on", EOPNOTSUPP,
		       in_probes + "0/filters/0/type: this kernel has no memory cgroups");
	put_filter(0, "type", "anon");
	run("on");
	run("off");
}

TEST_F(sysfs_probes, commit_with_failing_allocation_changes_nothing)
{
	stage_probed_process();
	put(probes + "nr_probes", "2\n");
	add_filter(0, "memcg", "Y", "Y");
	put_filter(0, "path", "/a");
	for_each_failing_allocation([&] {
		const long rc = command("on");

		EXPECT_EQ(rc, has_failed() ? -ENOMEM : 3);
		EXPECT_EQ(last_error(), has_failed() ? "state: out of memory\n" : "\n");
	});
	put(probes + "nr_probes", "1\n");
	for_each_failing_allocation([&] {
		const long rc = command("commit");

		EXPECT_EQ(rc, has_failed() ? -ENOMEM : 7);
	});
	run("off");
}

TEST_F(sysfs_probes, monitoring_loop_allocates_nothing)
{
	stage_probed_process();
	put(probes + "nr_probes", "3\n");
	add_filter(0, "anon", "Y", "Y");
	run("on");
	run_for(10 * ms);
	const u64 before = counts().allocations;
	run_for(2000 * ms);
	EXPECT_EQ(counts().allocations, before);
	EXPECT_GT(counts().described_pages, 1'000u);
	run("off");
}

} // namespace
