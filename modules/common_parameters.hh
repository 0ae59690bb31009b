// SPDX-License-Identifier: GPL-2.0
// Parameters that most modules have, and the settings that they make.
#pragma once
#include "modules/table.hh"

namespace damon {

inline constexpr u64 tuned_sample_us = 5'000; // initial intervals of tuning
inline constexpr u64 tuned_aggr_us = 100'000;
inline constexpr u64 longest_tuned_sample_us = 10'000'000;

// Monitored memory, intervals and numbers of regions.
struct monitoring_parameters {
	u64 sample_interval; // us
	u64 aggr_interval;   // us
	u64 min_nr_regions;
	u64 max_nr_regions;
	u64 autotune;	      // ignores the intervals above and tunes them
	u64 region_start = 0; // units; both 0: all System RAM
	u64 region_end = 0;
	u64 addr_unit = 1; // bytes; 1 also for modules without such a parameter

	damonxx_target target = {};
	damonxx_range range = {};

	template <typename Table> static constexpr monitoring_parameters defaults_of()
	{
		monitoring_parameters made{
			.sample_interval = Table::sample_interval.initial,
			.aggr_interval = Table::aggr_interval.initial,
			.min_nr_regions = Table::min_nr_regions.initial,
			.max_nr_regions = Table::max_nr_regions.initial,
			.autotune = Table::autotune_monitoring_intervals.initial,
		};

		if constexpr (requires { Table::addr_unit; }) {
			made.region_start = Table::monitor_region_start.initial;
			made.region_end = Table::monitor_region_end.initial;
			made.addr_unit = Table::addr_unit.initial;
		}
		return made;
	}

	void configure(damonxx_settings &settings, const damonxx_monitoring *running)
	{
		settings.operations = DAMONXX_PADDR;
		settings.addr_unit = addr_unit;
		settings.sample_us = sample_interval;
		settings.aggr_us = aggr_interval;
		settings.min_nr_regions = min_nr_regions;
		settings.max_nr_regions = max_nr_regions;
		range = {region_start, region_end};
		target = {.pid = 0, .obsolete = false, .ranges = &range, .nr_ranges = 1};
		if (!region_start && !region_end)
			target.nr_ranges = 0;
		settings.targets = &target;
		settings.nr_targets = 1;
		if (autotune)
			tune(settings, running);
	}

private:
	// A commit keeps the intervals that are tuned so far.
	static void tune(damonxx_settings &settings, const damonxx_monitoring *running)
	{
		const bool tuned = running && running->sample_us >= tuned_sample_us &&
				   running->sample_us <= longest_tuned_sample_us;

		settings.sample_us = tuned ? running->sample_us : tuned_sample_us;
		settings.aggr_us = tuned ? running->aggr_us : tuned_aggr_us;
		settings.goal_access_bp = 40;
		settings.goal_aggrs = 3;
		settings.goal_min_sample_us = tuned_sample_us;
		settings.goal_max_sample_us = longest_tuned_sample_us;
	}
};

// Converts a time to aggregation intervals, the unit of ages.
inline u32 to_aggregations(u64 time_us, const damonxx_settings &settings)
{
	return saturate_u32(time_us / max(settings.aggr_us, u64{1}));
}

struct watermark_parameters {
	u64 interval; // us
	u64 high;     // permil of free memory
	u64 mid;
	u64 low;

	template <typename Table> static constexpr watermark_parameters defaults_of()
	{
		return {Table::wmarks_interval.initial, Table::wmarks_high.initial,
			Table::wmarks_mid.initial, Table::wmarks_low.initial};
	}

	damonxx_watermarks marks() const
	{
		return {.metric = DAMONXX_FREE_MEM_RATE,
			.nid = 0,
			.interval_us = interval,
			.high = high,
			.mid = mid,
			.low = low};
	}
};

template <typename Table> constexpr auto control_rows()
{
	return rows(of_type(Table::enabled, DAMONXX_PARAMETER_ENABLED),
		    of_type(Table::commit_inputs, DAMONXX_PARAMETER_COMMIT),
		    of_type(Table::kdamond_pid, DAMONXX_PARAMETER_PID));
}

template <typename Table> constexpr auto sampling_rows(monitoring_parameters &of)
{
	return rows(number(Table::sample_interval, of.sample_interval),
		    number(Table::aggr_interval, of.aggr_interval),
		    number(Table::min_nr_regions, of.min_nr_regions),
		    number(Table::max_nr_regions, of.max_nr_regions),
		    boolean(Table::autotune_monitoring_intervals, of.autotune));
}

template <typename Table> constexpr auto range_rows(monitoring_parameters &of)
{
	return rows(number(Table::monitor_region_start, of.region_start),
		    number(Table::monitor_region_end, of.region_end),
		    number(Table::addr_unit, of.addr_unit));
}

template <typename Table> constexpr auto watermark_rows(watermark_parameters &of)
{
	return rows(number(Table::wmarks_interval, of.interval),
		    number(Table::wmarks_high, of.high), number(Table::wmarks_mid, of.mid),
		    number(Table::wmarks_low, of.low));
}

} // namespace damon
