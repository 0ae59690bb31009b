// SPDX-License-Identifier: GPL-2.0
// How fast monitoring finds hot memory again after it moved, in simulated time.
//
// A process has one mapped area.  Pages of a few ranges are accessed in each sample with the same
// probability, all others never.  From time to time, at any point of an aggregation, the ranges move to
// places that were cold.  They count as found at the first end of an aggregation where recall and precision,
// of bytes, reach 95 %: what at least half of the samples saw accessed, against the truth.
#pragma once
#include "core/monitor.hh"
#include "selftests/host/host.hh"

#include <algorithm>
#include <random>
#include <vector>

namespace sim {

struct settings {
	u64 area_mib = 256;
	u32 nr_hot = 2;
	u64 hot_mib = 40;   // of all hot ranges together
	u32 permil = 1'000; // of the samples see an access to a hot page
	u32 moves = 9;
	u64 max_nr_regions = 1'000;
	u64 seed = 1;
};

struct results {
	std::vector<u64> found_after_us; // sorted, one for each move
	u64 aggregations_right = 0;	 // of those in settled phases
	u64 aggregations_judged = 0;
	double checks_per_sample = 0;

	u64 median_us() const { return found_after_us[found_after_us.size() / 2]; }
};

class convergence {
public:
	explicit convergence(const settings &s) : settings_{s}, random_{s.seed} {}

	results run()
	{
		host::add_process(pid, {{area_start, area_start + settings_.area_mib * mib}});
		move_hot();
		damon::monitor monitor{configuration(), settings_.seed};
		monitor.begin();
		settle(monitor);
		for (u32 i = 0; i < settings_.moves; i++) {
			results_.found_after_us.push_back(find_again(monitor));
			settle(monitor);
		}
		monitor.end();
		std::sort(results_.found_after_us.begin(), results_.found_after_us.end());
		results_.checks_per_sample =
			static_cast<double>(probes_) / static_cast<double>(samples_);
		return results_;
	}

private:
	static constexpr int pid = 1;
	static constexpr u64 mib = u64{1} << 20;
	static constexpr u64 area_start = u64{0x7f00} << 32;
	static constexpr u32 settled_aggregations = 40;
	static constexpr u32 judged_aggregations = 20;
	static constexpr u32 give_up_aggregations = 200;

	damon::own<damon::configuration> configuration() const
	{
		damon::inputs in;
		damon::target_inputs process;
		damon::report why;

		process.pid_number = pid;
		process.pid = damon::pid_ref{kapi_pid_get(pid)};
		in.attrs.max_nr_regions = settings_.max_nr_regions;
		if (!in.targets.try_push(damon::move(process)).is_ok())
			abort();
		return damon::configuration::build(damon::move(in), nullptr, why).take();
	}

	u64 below(u64 bound) { return std::uniform_int_distribution<u64>{0, bound - 1}(random_); }

	void move_hot()
	{
		const u64 pages = settings_.area_mib * mib / damon::page_bytes;
		const u64 each = settings_.hot_mib * mib / damon::page_bytes / settings_.nr_hot;
		std::vector<kapi_range> moved;

		while (moved.size() < settings_.nr_hot) {
			const u64 start = area_start + below(pages - each + 1) * damon::page_bytes;
			const kapi_range fresh{start, start + each * damon::page_bytes};
			const auto meets = [&](const kapi_range &other) {
				return fresh.start < other.end && other.start < fresh.end;
			};
			if (std::none_of(moved.begin(), moved.end(), meets) &&
			    std::none_of(hot_.begin(), hot_.end(), meets))
				moved.push_back(fresh);
		}
		hot_ = moved;
		host::set_hot(pid, hot_, settings_.permil);
	}

	void take_samples(damon::monitor &monitor, u64 count)
	{
		for (; count > 0; count--) {
			monitor.prepare();
			probes_ += monitor.config().nr_regions();
			monitor.check();
			samples_++;
		}
	}
	static u64 aggr_samples(const damon::monitor &monitor)
	{
		return monitor.config().attrs.samples_per_aggregation();
	}

	// At the end of an aggregation, where its counts have become the last ones.
	bool is_found(const damon::monitor &monitor) const
	{
		const damon::region_table &table = monitor.config().targets[0].regions;
		u64 called = 0, right = 0, truth = 0;

		for (u32 i = 0; i < table.count(); i++) {
			const damon::addr_range r = table.range(i);
			if (table.last_nr_accesses(i) * 2 < aggr_samples(monitor))
				continue;
			called += r.size();
			for (const kapi_range &hot : hot_)
				right += std::max(std::min(r.end, hot.end), std::max(r.start, hot.start)) -
					 std::max(r.start, hot.start);
		}
		for (const kapi_range &hot : hot_)
			truth += hot.end - hot.start;
		return right * 100 >= truth * 95 && right * 100 >= called * 95;
	}

	// Between aggregations.  Returns the time from the move on.
	u64 find_again(damon::monitor &monitor)
	{
		const u64 before = below(aggr_samples(monitor));
		u64 samples = aggr_samples(monitor) - before;

		take_samples(monitor, before);
		move_hot();
		take_samples(monitor, samples);
		while (!is_found(monitor) &&
		       samples < give_up_aggregations * aggr_samples(monitor)) {
			take_samples(monitor, aggr_samples(monitor));
			samples += aggr_samples(monitor);
		}
		return samples * monitor.config().attrs.sample_us;
	}

	void settle(damon::monitor &monitor)
	{
		take_samples(monitor, settled_aggregations * aggr_samples(monitor));
		for (u32 i = 0; i < judged_aggregations; i++) {
			take_samples(monitor, aggr_samples(monitor));
			results_.aggregations_right += is_found(monitor);
			results_.aggregations_judged++;
		}
	}

	const settings settings_;
	std::mt19937_64 random_;
	std::vector<kapi_range> hot_;
	results results_;
	u64 probes_ = 0;
	u64 samples_ = 0;
};

} // namespace sim
