// SPDX-License-Identifier: GPL-2.0
// The snapshot file: its records against the monitor's own tables, and who can read it when.
#include "core/snapshot.hh"
#include "scheduler.hh"
#include "snapshot_view.hh"
#include "sysfs_tree.hh"

#include <cerrno>

namespace {

using namespace host;

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;

// ---- records against tables

damon::inputs two_targets()
{
	damon::inputs in;

	for (const int number : {1, 2}) {
		damon::target_inputs t;

		t.pid_number = number;
		t.pid = damon::pid_ref{kapi_pid_get(number)};
		EXPECT_TRUE(in.targets.try_push(std::move(t)).is_ok());
	}
	return in;
}

std::string taken(const damon::monitor &m)
{
	damon::bytes all;
	damon::snapshot s{all};

	EXPECT_FALSE(s.take(m)); // no room yet
	EXPECT_TRUE(s.make_room().is_ok());
	EXPECT_TRUE(s.take(m));
	return {static_cast<const char *>(all.data()), all.size()};
}

TEST(snapshot, regions_match_region_tables)
{
	add_process(1, {{mib, 9 * mib}, {64 * mib, 65 * mib}});
	add_process(2, {{0x40000, 0x50000}});
	set_hot(1, {{2 * mib, 4 * mib}}, 700);

	damon::report why;
	auto built = damon::configuration::build(two_targets(), nullptr, why);
	ASSERT_TRUE(built.is_ok());
	damon::monitor m{std::move(built).take(), 5};
	m.begin();
	bool seen_counts = false;
	for (u64 sample = 1; sample <= 50; sample++) {
		ASSERT_TRUE(m.prepare());
		m.check();

		const snapshot_view v{taken(m)};
		ASSERT_EQ(v.problem, "");
		ASSERT_EQ(v.header.nr_samples, sample);
		ASSERT_EQ(v.header.window_samples, 20u);
		ASSERT_EQ(v.header.window_position, sample % 20);
		ASSERT_EQ(v.header.sample_us, 5000u);
		ASSERT_EQ(v.header.aggr_us, 100000u);
		ASSERT_EQ(v.header.addr_unit, 1u);
		ASSERT_EQ(v.header.operations, DAMONXX_VADDR);
		ASSERT_EQ(v.header.flags, 0u);
		ASSERT_EQ(v.targets.size(), 2u);
		for (u32 k = 0; k < 2; k++) {
			const damon::region_table &table = m.config().targets[k].regions;

			ASSERT_EQ(v.targets[k].index, k);
			ASSERT_EQ(v.targets[k].pid, static_cast<int>(k) + 1);
			ASSERT_EQ(v.targets[k].nr_regions, table.count());
			for (u32 i = 0; i < table.count(); i++) {
				const auto &r = v.regions[v.targets[k].first_region + i];
				const u64 left = 20 - sample % 20;

				ASSERT_EQ(r.start, table.range(i).start);
				ASSERT_EQ(r.end, table.range(i).end);
				ASSERT_EQ(r.last_nr_accesses, table.last_nr_accesses(i));
				const u64 earlier = table.last_nr_accesses(i) * left / 20;
				ASSERT_EQ(r.nr_accesses, table.nr_accesses(i) + earlier);
				ASSERT_EQ(r.age, table.age(i));
				ASSERT_EQ(r.flags, 0u);
				ASSERT_EQ(std::string(std::begin(r.hits), std::end(r.hits)),
					  std::string(8, '\0'));
				seen_counts |= r.nr_accesses > 5 && r.last_nr_accesses > 5;
			}
		}
	}
	EXPECT_TRUE(seen_counts);

	end_process(2);
	ASSERT_TRUE(m.prepare());
	const snapshot_view v{taken(m)};
	ASSERT_EQ(v.problem, "");
	EXPECT_EQ(v.targets[0].flags, 0u);
	EXPECT_EQ(v.targets[1].flags, DAMONXX_TARGET_GONE);
	EXPECT_EQ(v.targets[1].nr_regions, 0u);
	EXPECT_EQ(v.total(0), 9 * mib);
	m.end();
}

// Where the kernel finds its buffer full, it takes the content for cut off and asks for it again, in vain.
TEST(snapshot, take_into_memory_it_would_fill_refuses)
{
	add_process(1, {{mib, 9 * mib}});
	add_process(2, {{0x40000, 0x50000}});
	damon::report why;
	auto built = damon::configuration::build(two_targets(), nullptr, why);
	ASSERT_TRUE(built.is_ok());
	damon::monitor m{std::move(built).take(), 5};
	m.begin();
	const u64 size = taken(m).size();
	for (const u64 room : {size - 1, size, size + 1}) {
		damon::bytes memory;
		ASSERT_TRUE(memory.make_room(room).is_ok());
		EXPECT_EQ(damon::snapshot{memory}.take(m), room > size) << room - size;
	}
	m.end();
}

// Taken between any two batches of a sample, too.
TEST(snapshot, taken_during_a_sample_has_all_regions)
{
	struct reader {
		const damon::monitor *m;
		u64 calls = 0, probes = 0, longest = 0;

		static void play(void *self)
		{
			auto &r = *static_cast<reader *>(self);
			const u64 done = counts().prepared_checks + counts().tested_checks;
			const snapshot_view v{taken(*r.m)};

			EXPECT_EQ(v.problem, "");
			EXPECT_EQ(v.total(0), 399 * mib);
			EXPECT_EQ(v.header.nr_samples, r.m->nr_samples());
			r.longest = std::max(r.longest, done - r.probes);
			r.probes = done;
			r.calls++;
		}
	};

	add_process(1, {{mib, 400 * mib}});
	damon::inputs in;
	damon::target_inputs t;
	t.pid = damon::pid_ref{kapi_pid_get(1)};
	ASSERT_TRUE(in.targets.try_push(std::move(t)).is_ok());
	in.attrs.min_nr_regions = 10'000;
	in.attrs.max_nr_regions = 12'000;
	damon::report why;
	auto built = damon::configuration::build(std::move(in), nullptr, why);
	ASSERT_TRUE(built.is_ok());
	damon::monitor m{std::move(built).take(), 5};
	reader r{&m};
	m.set_yield_hook({reader::play, &r});
	m.begin();
	for (u32 sample = 0; sample < 25; sample++) {
		ASSERT_TRUE(m.prepare());
		m.check();
	}
	m.end();
	EXPECT_GE(r.calls, u64{25} * 2 * 9);
	EXPECT_LE(r.longest, 2'048u); // the last batch of a table, and the first of the next
}

// ---- the file

class snapshot_file : public sysfs_tree {
protected:
	const std::string file = context + "snapshot";

	void SetUp() override
	{
		use_virtual_clock();
		sysfs_tree::SetUp();
	}

	void monitor_ten_thousand_regions()
	{
		add_process(pid, {{mib, 400 * mib}});
		stage();
		put(context + "monitoring_attrs/nr_regions/min", "10000\n");
		put(context + "monitoring_attrs/nr_regions/max", "12000\n");
		run("on");
		run_for(500 * ms);
	}

	snapshot_view view() { return snapshot_view{read(file)}; }
	u64 number(const std::string &path) { return std::stoull(read(path)); }
};

TEST_F(snapshot_file, read_without_running_kdamond_fails)
{
	stage_process();
	EXPECT_EQ(read_errno(file), -EINVAL);
	run("on");
	EXPECT_EQ(view().problem, "");
	run("off");
	EXPECT_EQ(read_errno(file), -ECANCELED);
	run("on");
	run_for(50 * ms);
	EXPECT_EQ(view().problem, "");
	end_process(pid);
	run_for(50 * ms);
	EXPECT_EQ(read_errno(file), -ECANCELED);
	EXPECT_EQ(write(file, "1\n"), -EACCES);
}

TEST_F(snapshot_file, read_without_scheme_succeeds_at_once)
{
	stage_process();
	put(context + "schemes/nr_schemes", "0\n");
	put(context + "monitoring_attrs/intervals/sample_us", "3600000000\n");
	put(context + "monitoring_attrs/intervals/aggr_us", "36000000000\n");
	run("on");
	run_for(ms);
	const u64 before = kapi_now_ns();
	const snapshot_view v = view();
	EXPECT_EQ(v.problem, "");
	EXPECT_EQ(v.total(0), u64{0x40000});
	EXPECT_GE(v.header.time_ns, before);
	EXPECT_LT(kapi_now_ns(), before + ms);
	run("off");
}

TEST_F(snapshot_file, total_equals_tried_regions_total_bytes)
{
	add_process(pid, {{mib, 40 * mib}, {128 * mib, 130 * mib}});
	stage();
	run("on");
	run_for(1000 * ms);
	run("update_schemes_tried_bytes");
	EXPECT_EQ(view().total(0), number(scheme + "tried_regions/total_bytes"));
	run("off");
}

TEST_F(snapshot_file, each_read_from_start_is_a_new_snapshot)
{
	stage_process();
	run("on");
	run_for(50 * ms);
	const snapshot_view first = view();
	run_for(50 * ms);
	const snapshot_view second = view();
	EXPECT_GT(second.header.time_ns, first.header.time_ns);
	EXPECT_EQ(second.header.nr_samples, first.header.nr_samples + 10);
	run("off");
}

TEST_F(snapshot_file, read_of_10000_regions_is_complete)
{
	monitor_ten_thousand_regions();
	const snapshot_view v = view();
	EXPECT_EQ(v.problem, "");
	EXPECT_GE(v.header.nr_regions, 10'000u);
	EXPECT_EQ(v.total(0), 399 * mib);
	run("off");
}

// Where looking at all regions takes long, reading does not wait for all of them.
TEST_F(snapshot_file, read_during_long_sample_does_not_wait_for_its_end)
{
	constexpr u64 check_ns = 10'000;
	u64 sum_ns = 0;

	monitor_ten_thousand_regions();
	set_check_cost_ns(check_ns);
	seed(7);
	preempt(1);
	thread reader("reader", [&] {
		for (u32 i = 0; i < 50; i++) {
			const u64 due_ns = kapi_now_ns() + 13 * ms;
			block("its time", nullptr, due_ns);
			EXPECT_EQ(view().problem, "");
			sum_ns += kapi_now_ns() - due_ns;
		}
	});
	reader.join();
	preempt(0);
	set_check_cost_ns(0);
	// Clearing and testing all takes more than 20,000 times as long; here the reader, too, loses
	// its turn to the kdamond at each lock that it takes.
	EXPECT_LT(sum_ns / 50, 15'000 * check_ns);
	run("off");
}

TEST_F(snapshot_file, read_of_paused_context_gives_last_regions)
{
	stage_process();
	run("on");
	run_for(230 * ms);
	put(context + "pause", "Y\n");
	run("commit");
	run_for(50 * ms);
	const snapshot_view v = view();
	EXPECT_EQ(v.problem, "");
	EXPECT_EQ(v.header.flags, DAMONXX_SNAPSHOT_PAUSED);
	EXPECT_EQ(v.total(0), u64{0x40000});
	run_for(500 * ms);
	EXPECT_EQ(view().header.nr_samples, v.header.nr_samples);
	run("off");
}

TEST_F(snapshot_file, read_of_paddr_is_in_addr_units)
{
	add_process(ram, {{mib, 64 * mib}});
	stage();
	put(context + "operations", "paddr\n");
	put(context + "addr_unit", "4096\n");
	run("on");
	run_for(50 * ms);
	const snapshot_view v = view();
	EXPECT_EQ(v.problem, "");
	EXPECT_EQ(v.header.operations, DAMONXX_PADDR);
	EXPECT_EQ(v.header.addr_unit, 4096u);
	EXPECT_EQ(v.regions[0].start, mib / 4096);
	EXPECT_EQ(v.total(0), 63 * mib / 4096);
	run("off");
}

TEST_F(snapshot_file, read_with_failing_allocation_fails_enomem_and_keeps_nothing)
{
	stage_process();
	run("on");
	run_for(50 * ms);
	const u64 live = counts().live_allocations;
	const u64 runs = for_each_failing_allocation([&] {
		const snapshot_view v = view();

		EXPECT_EQ(v.problem, has_failed() ? "no header: error 12" : "");
		EXPECT_EQ(counts().live_allocations, live);
	});
	EXPECT_GT(runs, 0u);
	run("off");
}

TEST_F(snapshot_file, readers_during_commit_and_off_are_consistent)
{
	add_process(pid, {{mib, 400 * mib}});
	stage();
	seed(3);
	preempt(3);
	run("on");

	u32 good = 0;
	bool stop = false;
	const auto reader = [&] {
		while (!stop) {
			const std::string content = read(file);
			if (content == "error 125" || content == "error 22") {
				run_for(ms);
				continue;
			}
			const snapshot_view v{content};
			EXPECT_EQ(v.problem, "");
			EXPECT_TRUE(v.header.sample_us == 5000 || v.header.sample_us == 10'000);
			// Of one configuration, as a whole.
			EXPECT_EQ(v.header.window_samples, 100'000 / v.header.sample_us);
			good++;
			run_for(ms / 3);
		}
	};
	thread one("one", reader), other("other", reader);
	for (u32 i = 0; i < 60; i++) {
		const bool large = i % 2 == 0;
		const std::string attrs = context + "monitoring_attrs/";

		put(attrs + "intervals/sample_us", large ? "10000\n" : "5000\n");
		put(attrs + "nr_regions/max", large ? "3000\n" : "50\n");
		put(attrs + "nr_regions/min", large ? "2000\n" : "10\n");
		run(i % 15 == 14 ? "off" : "commit");
		if (i % 15 == 14)
			run("on");
		run_for(7 * ms);
	}
	stop = true;
	one.join();
	other.join();
	preempt(0);
	EXPECT_GT(good, 100u);
	run("off");
}

TEST_F(snapshot_file, readers_are_cancelled_when_directory_goes)
{
	stage_process();
	run("on");
	seed(11);
	preempt(2);
	bool stop = false;
	thread reader("reader", [&] {
		while (!stop) {
			const long rc = read_errno(file);
			EXPECT_TRUE(rc > 0 || rc == -ENODEV || rc == -ENOENT) << rc;
			run_for(ms / 5);
		}
	});
	for (int i = 0; i < 50; i++) {
		put(kdamond + "contexts/nr_contexts", "0\n");
		run_for(ms / 3);
		put(kdamond + "contexts/nr_contexts", "1\n");
		run_for(ms / 2);
	}
	stop = true;
	reader.join();
	preempt(0);
	run("off");
}

TEST_F(snapshot_file, file_is_absent_without_kernel_support)
{
	stage();
	EXPECT_TRUE(exists(file));
	set_feature(KAPI_FEATURE_BINARY, false);
	put(kdamond + "contexts/nr_contexts", "0\n");
	put(kdamond + "contexts/nr_contexts", "1\n");
	EXPECT_FALSE(exists(file));
	EXPECT_EQ(read_errno(file), -ENOENT);
	EXPECT_TRUE(exists(context + "pause"));
	set_feature(KAPI_FEATURE_BINARY, true);
}

} // namespace
