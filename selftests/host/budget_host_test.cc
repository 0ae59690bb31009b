// SPDX-License-Identifier: GPL-2.0
// A kdamond with a budget, and the counters that tell what it does, under the virtual clock.
#include "sysfs_tree.hh"

#include <cerrno>
#include <deque>
#include <sstream>

namespace {

using namespace host;

constexpr u64 ms = 1'000'000;
constexpr u64 mib = u64{1} << 20;
constexpr u64 base = u64{0x7f00} << 32;

class monitoring_cost : public sysfs_tree {
protected:
	void SetUp() override
	{
		use_virtual_clock();
		seed(7);
		sysfs_tree::SetUp();
		add_process(pid, {{base, base + 256 * mib}});
		stage();
	}

	void regions(u64 least)
	{
		put(context + "monitoring_attrs/nr_regions/max", std::to_string(2 * least) + "\n");
		put(context + "monitoring_attrs/nr_regions/min", std::to_string(least) + "\n");
	}
	void limit(u64 permil)
	{
		put(context + "monitoring_attrs/cpu_permil", std::to_string(permil) + "\n");
	}
	std::map<std::string, u64> stats()
	{
		std::map<std::string, u64> found;
		std::istringstream lines{read(context + "stats")};
		std::string name;
		u64 value;

		while (lines >> name >> value)
			found[name] = value;
		return found;
	}
	// Of 256 MiB, in those regions that at least half of the looks found accessed.
	u64 hot_mib(u64 from_mib, u64 to_mib)
	{
		u64 bytes = 0;

		run("update_schemes_tried_regions");
		for (const std::string &name : list(scheme + "tried_regions")) {
			const std::string dir = scheme + "tried_regions/" + name;
			if (!name.ends_with('/') || std::stoull(read(dir + "nr_accesses")) < 10)
				continue;
			const u64 start = std::max(std::stoull(read(dir + "start")), base + from_mib * mib);
			const u64 end = std::min(std::stoull(read(dir + "end")), base + to_mib * mib);
			bytes += start < end ? end - start : 0;
		}
		return bytes / mib;
	}
};

// What the probes cost, millisecond by millisecond, and the most of it that any second and any
// sample has seen.
class meter {
public:
	void run(u64 duration_ms, u64 cost_ns)
	{
		set_check_cost_ns(cost_ns);
		for (u64 i = 0; i < duration_ms; i++) {
			const u64 before = probes();
			const u64 began = kapi_now_ns();
			run_for(ms);
			add(began, (probes() - before) * cost_ns);
		}
	}
	u64 in_a_second = 0, in_a_sample = 0, total = 0;

private:
	struct piece {
		u64 at, ns;
	};

	static u64 probes() { return counts().prepared_checks + counts().tested_checks; }
	void add(u64 at, u64 ns)
	{
		u64 sample = 0;

		pieces_.push_back({at, ns});
		sum_ += ns;
		total += ns;
		while (pieces_.front().at + 1000 * ms <= at) {
			sum_ -= pieces_.front().ns;
			pieces_.pop_front();
		}
		for (size_t i = pieces_.size(); i-- > 0 && pieces_[i].at + 6 * ms > at;)
			sample += pieces_[i].ns;
		in_a_second = std::max(in_a_second, sum_);
		in_a_sample = std::max(in_a_sample, sample);
	}

	std::deque<piece> pieces_;
	u64 sum_ = 0;
};

TEST_F(monitoring_cost, cpu_permil_with_any_check_cost_holds_in_each_second)
{
	for (const u64 least : {10, 300, 3'000, 10'000}) {
		meter m;

		regions(least);
		limit(20);
		run("on");
		for (const u64 cost_ns : {100, 3'000, 20, 500, 40'000, 200})
			m.run(700, cost_ns);
		EXPECT_LE(m.in_a_second, 20 * ms + m.in_a_sample) << least;
		run("off");
	}
}

TEST_F(monitoring_cost, cpu_permil_is_used_and_reported)
{
	meter settled, m;

	regions(10'000);
	limit(50);
	run("on");
	settled.run(2000, 500);
	m.run(4000, 500);
	EXPECT_GE(m.total, 4 * 50 * ms * 8 / 10);
	EXPECT_LE(m.total, 4 * 50 * ms);
	auto found = stats();
	EXPECT_GE(found["cpu_permil"], 40u);
	EXPECT_LE(found["cpu_permil"], 50u);
	EXPECT_NEAR(static_cast<double>(found["cpu_ns"]), static_cast<double>(settled.total + m.total),
		    1.0 * ms);
	EXPECT_GT(found["probes_skipped"], found["probes_checked"]);
	// 5 ms of 45 permil buy 225 pairs of half a microsecond each.
	EXPECT_NEAR(static_cast<double>(found["checks_per_sample"]), 225, 30);
	run("off");
}

TEST_F(monitoring_cost, cpu_permil_small_still_finds_hot_memory)
{
	set_hot(pid, {{base + 64 * mib, base + 96 * mib}});
	set_check_cost_ns(200);
	regions(10'000);
	limit(20);
	run("on");
	run_for(5000 * ms);
	EXPECT_GE(hot_mib(64, 96), 30u);
	EXPECT_LE(hot_mib(0, 256), 33u);
	set_hot(pid, {{base + 128 * mib, base + 160 * mib}});
	run_for(5000 * ms);
	EXPECT_GE(hot_mib(128, 160), 30u);
	EXPECT_LE(hot_mib(0, 256), 33u);
	run("off");
}

TEST_F(monitoring_cost, commit_changes_cpu_permil)
{
	meter m, none;

	regions(1'000);
	run("on");
	none.run(1000, 1000);
	EXPECT_GE(none.total, 350 * ms);
	limit(10);
	run("commit");
	m.run(1000, 1000);
	m = {};
	m.run(2000, 1000);
	EXPECT_LE(m.total, 20 * ms);
	EXPECT_GT(m.total, 10 * ms);
	limit(0);
	run("commit");
	m = {};
	m.run(1000, 1000);
	EXPECT_GE(m.total, 350 * ms);
	run("off");
}

TEST_F(monitoring_cost, cpu_permil_above_1000_is_refused)
{
	put(context + "monitoring_attrs/cpu_permil", "1001\n");
	refuse_command("on", EINVAL, "contexts/0/monitoring_attrs/cpu_permil: 1001 is above 1000");
	limit(1000);
	run("on");
	limit(1001);
	refuse_command("commit", EINVAL,
		       "contexts/0/monitoring_attrs/cpu_permil: 1001 is above 1000");
	run("off");
}

// ---- counters

TEST_F(monitoring_cost, samples_are_all_counted_by_outcome)
{
	put(context + "monitoring_attrs/nr_regions/max", "10\n");
	set_page_script(pid, [](u64 page, u64, u64) {
		const u64 at = (page - base) / mib;
		return at < 64 ? KAPI_ACCESSED : at < 128 ? KAPI_ABSENT : at < 192 ? KAPI_BUSY : KAPI_IDLE;
	});
	run("on");
	run_for(10'050 * ms);
	auto found = stats();
	EXPECT_NEAR(static_cast<double>(found["samples"]), 2010, 3);
	EXPECT_EQ(found["windows"], found["samples"] / 20);
	EXPECT_EQ(found["samples_missed"] + found["samples_skipped"] + found["probes_skipped"], 0u);
	EXPECT_EQ(found["probes_checked"], found["probes_accessed"] + found["probes_idle"]);
	EXPECT_EQ(found["probes_checked"] + found["probes_absent"] + found["probes_busy"],
		  counts().tested_checks);
	for (const char *name : {"accessed", "absent", "busy", "idle"})
		EXPECT_GT(found[std::string{"probes_"} + name], found["samples"]) << name;
	EXPECT_EQ(found["sample_us"], 5000u);
	EXPECT_EQ(found["aggr_us"], 100'000u);
	EXPECT_GE(found["nr_regions"], 10u);
	EXPECT_EQ(found["cpu_ns"], 0u); // nothing has a cost here
	run("off");
}

TEST_F(monitoring_cost, samples_missed_are_counted)
{
	regions(1'000);
	set_check_cost_ns(10'000); // 20 ms of work for 5 ms
	run("on");
	run_for(10'000 * ms);
	auto found = stats();
	EXPECT_NEAR(static_cast<double>(found["samples"] + found["samples_missed"]), 2000, 20);
	EXPECT_GT(found["samples_missed"], found["samples"]);
	EXPECT_GE(found["cpu_permil"], 700u);
	run("off");
}

TEST_F(monitoring_cost, values_stay_after_kdamond_ends)
{
	const std::string before = read(context + "stats");

	run("on");
	run_for(1000 * ms);
	EXPECT_NE(read(context + "stats"), before);
	end_process(pid);
	run_for(1000 * ms);
	EXPECT_EQ(read(kdamond + "state"), "off\n");
	const std::string last = read(context + "stats");
	EXPECT_NEAR(static_cast<double>(stats()["samples"]), 200, 3);
	run_for(1000 * ms);
	EXPECT_EQ(read(context + "stats"), last);
}

// ---- what could not be checked

TEST_F(monitoring_cost, hot_pages_among_uncheckable_ones_are_found_hot)
{
	set_page_script(pid, [](u64 page, u64, u64) {
		return page / 4096 % 2 ? KAPI_ACCESSED : KAPI_ABSENT;
	});
	run("on");
	run_for(3000 * ms);
	EXPECT_GE(hot_mib(0, 256), 250u);
	run("off");
}

TEST_F(monitoring_cost, rarely_sampled_region_is_not_taken_for_hot)
{
	u64 n = 0;

	set_page_script(pid, [&](u64, u64, u64) { return ++n % 20 ? KAPI_BUSY : KAPI_ACCESSED; });
	run("on");
	run_for(3000 * ms);
	EXPECT_LE(hot_mib(0, 256), 25u);
	run("off");
}

} // namespace
