// SPDX-License-Identifier: GPL-2.0
// Writes that fail for want of memory, at every allocation in turn, change and leak nothing.
#include "sysfs/schemes.hh"
#include "sysfs_tree.hh"

#include "kunit/sandbox.hh"

#include <cerrno>
#include <optional>

namespace {

using namespace host;

class sysfs_memory : public sysfs_tree {
protected:
	// Writes @text until no allocation fails any more.
	void write_with_failures(const std::string &path, const std::string &text)
	{
		auto before = read_all();
		const u64 live = counts().live_allocations;
		const u64 runs = for_each_failing_allocation([&] {
			const long rc = write(path, text);

			if (!has_failed()) {
				EXPECT_EQ(rc, static_cast<long>(text.size()));
				return;
			}
			EXPECT_EQ(rc, -ENOMEM);
			if (path.ends_with("state"))
				before[kdamond + "last_error"] = "state: out of memory\n";
			EXPECT_EQ(read_all(), before);
			EXPECT_EQ(counts().live_allocations, live);
		});
		EXPECT_GT(runs, 0u) << path;
	}

	// A tree in which every directory holds something to lose.
	void fill()
	{
		add_process(pid, {{0x10000, 0x50000}});
		stage();
		put(context + "targets/0/regions/nr_regions", "2\n");
		put(context + "targets/0/regions/0/start", "65536\n");
		put(context + "targets/0/regions/0/end", "131072\n");
		put(context + "targets/0/regions/1/start", "196608\n");
		put(context + "targets/0/regions/1/end", "262144\n");
		put(scheme + "apply_interval_us", "7\n");
	}
};

TEST_F(sysfs_memory, nr_raised_with_failing_allocation_changes_nothing)
{
	write_with_failures("kdamonds/nr_kdamonds", "2\n");
	fill();
	write_with_failures(context + "targets/0/regions/nr_regions", "4\n");
	write_with_failures(context + "targets/nr_targets", "3\n");
	write_with_failures(context + "schemes/nr_schemes", "4\n");
	put(kdamond + "contexts/nr_contexts", "0\n");
	write_with_failures(kdamond + "contexts/nr_contexts", "1\n");
	write_with_failures("kdamonds/nr_kdamonds", "3\n");
}

TEST_F(sysfs_memory, nr_lowered_needs_no_memory)
{
	fill();
	put(context + "schemes/nr_schemes", "3\n");
	fail_from(1);
	put(context + "targets/0/regions/nr_regions", "1\n");
	put(context + "targets/nr_targets", "1\n");
	put(context + "schemes/nr_schemes", "2\n");
	put(kdamond + "contexts/nr_contexts", "1\n");
	put("kdamonds/nr_kdamonds", "1\n");
	put("kdamonds/nr_kdamonds", "0\n");
	EXPECT_FALSE(has_failed());
	fail_nth(0);
}

TEST_F(sysfs_memory, on_with_failing_allocation_changes_nothing)
{
	use_virtual_clock();
	fill();
	write_with_failures(kdamond + "state", "on\n");
	run("off");
}

TEST_F(sysfs_memory, on_again_with_failing_allocation_keeps_results)
{
	use_virtual_clock();
	fill();
	run("on");
	run("update_schemes_tried_regions");
	run("off");
	write_with_failures(kdamond + "state", "on\n");
	run("off");
}

TEST_F(sysfs_memory, commit_with_failing_allocation_changes_nothing)
{
	use_virtual_clock();
	fill();
	run("on");
	auto before = read_all();
	for_each_failing_allocation([&] {
		const long rc = command("commit");

		EXPECT_EQ(rc, has_failed() ? -ENOMEM : 7);
		before[kdamond + "last_error"] = rc < 0 ? "state: out of memory\n" : "\n";
		EXPECT_EQ(read_all(), before);
	});
	run("off");
}

TEST_F(sysfs_memory, update_stats_with_failing_allocation_changes_nothing)
{
	use_virtual_clock();
	fill();
	run("on");
	run_for(1'000'000'000);
	for_each_failing_allocation([&] {
		const long rc = command("update_schemes_stats");

		EXPECT_EQ(rc, has_failed() ? -ENOMEM : 21);
		EXPECT_EQ(read(scheme + "stats/nr_tried") == "0\n", has_failed());
	});
	run("off");
}

TEST_F(sysfs_memory, tried_regions_with_failing_allocation_are_all_or_none)
{
	use_virtual_clock();
	fill();
	run("on");
	// What the kdamond has done by now is in no result.
	const auto results = [&] {
		auto all = read_all();
		all.erase(context + "stats");
		return all;
	};
	for (int round = 0; round < 2; round++) {
		auto before = results();

		for_each_failing_allocation([&] {
			const long rc = command("update_schemes_tried_regions");

			EXPECT_EQ(rc, has_failed() ? -ENOMEM : 29);
			before[kdamond + "last_error"] =
				rc < 0 ? "state: out of memory\n" : "\n";
			EXPECT_EQ(results() == before, has_failed());
		});
		EXPECT_GT(list(scheme + "tried_regions").size(), 1u);
		// So many more that the next time needs directories.
		put(context + "monitoring_attrs/nr_regions/min", "100\n");
		run("commit");
	}
	run("off");
}

// ---- many of them, without a kdamond

using namespace damon;

tried_of_scheme many(u32 count, u32 nr_probes = 0)
{
	tried_of_scheme tried;

	tried.nr_probes = nr_probes;
	EXPECT_TRUE(tried.regions.reserve(count).is_ok());
	for (u32 i = 0; i < count; i++)
		tried.regions.push({{i * page_bytes, (i + 1) * page_bytes},
				    i % 20,
				    i,
				    1,
				    {static_cast<u8>(i), 2, 3, 4}});
	tried.total_bytes = count * page_bytes;
	return tried;
}

class sysfs_many_tried : public testing::Test {
protected:
	static constexpr u32 count = 10'000;

	void SetUp() override
	{
		set_base("/damonxx_test");
		box_.emplace(schemes_kind);
		ASSERT_NE(box_->top(), nullptr);
		ASSERT_TRUE(schemes().resize(lock_tree().take(), 2).is_ok());
		first_ = many(count);
		second_ = many(count);
	}
	void TearDown() override
	{
		first_ = {};
		second_ = {};
		box_.reset();
	}

	node &schemes() { return *box_->top(); }
	status put(u32 first_size, u32 second_size)
	{
		first_.regions.truncate(first_size);
		second_.regions.truncate(second_size);
		tried_of_scheme both[] = {move(first_), move(second_)};
		const status done = put_tried(lock_tree().take(), schemes(), both_of(both));
		first_ = move(both[0]);
		second_ = move(both[1]);
		return done;
	}
	// Of files and directories, in one order.
	std::vector<std::string> all_names()
	{
		std::vector<std::string> names{"0/tried_regions/", "1/tried_regions/"};

		for (size_t i = 0; i < names.size(); i++) {
			const std::string dir = names[i];
			if (!dir.ends_with('/'))
				continue;
			for (const std::string &name : list(dir.substr(0, dir.size() - 1)))
				names.push_back(dir + name);
		}
		return names;
	}
	size_t dirs(const char *scheme)
	{
		return list(std::string{scheme} + "/tried_regions").size() - 1;
	}

	std::optional<test_tree::sandbox> box_;
	tried_of_scheme first_;
	tried_of_scheme second_;

private:
	static span<const tried_of_scheme> both_of(const tried_of_scheme (&both)[2])
	{
		return both;
	}
};

TEST_F(sysfs_many_tried, update_reuses_directories)
{
	ASSERT_TRUE(put(count, count).is_ok());
	EXPECT_EQ(dirs("0"), count);
	EXPECT_EQ(read("1/tried_regions/9999/start"), "40955904\n");
	EXPECT_EQ(read("1/tried_regions/9999/end"), "40960000\n");
	EXPECT_EQ(read("1/tried_regions/9999/nr_accesses"), "19\n");
	EXPECT_EQ(read("1/tried_regions/9999/age"), "9999\n");
	EXPECT_EQ(read("1/tried_regions/9999/sz_filter_passed"), "1\n");

	const u64 before = counts().allocations;
	first_.regions[5].age = 77;
	ASSERT_TRUE(put(count, count - 1).is_ok());
	EXPECT_LE(counts().allocations, before + 1); // no directory among them
	EXPECT_EQ(read("0/tried_regions/5/age"), "77\n");
	EXPECT_EQ(dirs("1"), count - 1);
	clear_tried(lock_tree().take(), schemes());
	EXPECT_EQ(dirs("0") + dirs("1"), 0u);
}

TEST_F(sysfs_many_tried, update_enomem_changes_nothing)
{
	first_ = many(10);
	second_ = many(15);
	ASSERT_TRUE(put(10, 15).is_ok());
	first_ = many(20);
	second_ = many(25);
	for_each_failing_allocation([&] {
		const bool done = put(20, 25).is_ok();

		EXPECT_NE(done, has_failed());
		EXPECT_EQ(dirs("0"), done ? 20u : 10u);
		EXPECT_EQ(dirs("1"), done ? 25u : 15u);
		EXPECT_EQ(read("0/tried_regions/total_bytes"), done ? "81920\n" : "40960\n");
		EXPECT_EQ(read("1/tried_regions/14/end"), "61440\n");
	});
}

TEST_F(sysfs_many_tried, probes_directories_come_and_go)
{
	const std::string region = "0/tried_regions/7";

	first_ = many(10);
	second_ = many(10);
	ASSERT_TRUE(put(10, 10).is_ok());
	EXPECT_FALSE(exists(region + "/probes"));
	first_ = many(10, 2);
	ASSERT_TRUE(put(10, 10).is_ok());
	EXPECT_EQ(list(region + "/probes"), (std::vector<std::string>{"0/", "1/"}));
	EXPECT_EQ(read(region + "/probes/0/hits"), "7\n");
	EXPECT_EQ(read(region + "/probes/1/hits"), "2\n");
	EXPECT_EQ(mode_of(region + "/probes/1/hits"), 0400);
	EXPECT_FALSE(exists("1/tried_regions/7/probes"));

	const u64 before = counts().allocations;
	first_.regions[7].hits[1] = 200;
	ASSERT_TRUE(put(10, 10).is_ok());
	EXPECT_LE(counts().allocations, before + 1); // no directory among them
	EXPECT_EQ(read(region + "/probes/1/hits"), "200\n");

	first_ = many(9, 1);
	ASSERT_TRUE(put(9, 10).is_ok());
	EXPECT_EQ(list(region + "/probes"), (std::vector<std::string>{"0/"}));
	first_ = many(9);
	ASSERT_TRUE(put(9, 10).is_ok());
	EXPECT_FALSE(exists(region + "/probes"));
}

TEST_F(sysfs_many_tried, update_with_probes_enomem_changes_nothing)
{
	for (u32 before : {0u, 1u}) {
		first_ = many(5, before);
		second_ = many(5, before);
		ASSERT_TRUE(put(5, 5).is_ok());
		const std::vector<std::string> before_names = all_names();
		first_ = many(6, 3);
		second_ = many(4, 3);
		const u64 failed = for_each_failing_allocation([&] {
			const bool done = put(6, 4).is_ok();

			EXPECT_NE(done, has_failed());
			EXPECT_EQ(all_names() == before_names, !done);
		});
		EXPECT_GT(failed, 40u);
		EXPECT_EQ(read("0/tried_regions/5/probes/2/hits"), "3\n");
		EXPECT_EQ(read("1/tried_regions/3/probes/2/hits"), "3\n");
		clear_tried(lock_tree().take(), schemes());
	}
}

TEST_F(sysfs_many_tried, scheme_without_results_has_no_directories)
{
	ASSERT_TRUE(put(10, 10).is_ok());
	ASSERT_TRUE(put_tried(lock_tree().take(), schemes(), {&first_, 1}).is_ok());
	EXPECT_EQ(dirs("0"), 10u);
	EXPECT_EQ(dirs("1"), 0u);
	EXPECT_EQ(read("1/tried_regions/total_bytes"), "0\n");
}

} // namespace
