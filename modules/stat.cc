// SPDX-License-Identifier: GPL-2.0
// damonxx_stat: bandwidth and idle times of the memory of the system.  Applies no action.
#include "modules/idle_time.hh"
#include "modules/table.hh"

namespace damon {

namespace {

struct table {
#include "modules/stat_parameters.h"
};

constinit damonxx_target memory{};
constinit s64 last_percentiles[DAMONXX_MAX_RESULTS]{};

void configure(damonxx_settings *settings, const damonxx_monitoring *)
{
	settings->operations = DAMONXX_PADDR;
	settings->targets = &memory;
	settings->nr_targets = 1;
	settings->goal_access_bp = 400;
	settings->goal_aggrs = 3;
	settings->goal_min_sample_us = 5'000;
	settings->goal_max_sample_us = 10'000'000;
}

damonxx_snapshot *take(damonxx_context *context)
{
	damonxx_snapshot *snapshot = nullptr;

	if (!context || damonxx_context_take_snapshot(context, &snapshot))
		return nullptr;
	return snapshot;
}

snapshot_regions regions_of(damonxx_snapshot *snapshot)
{
	return {damonxx_snapshot_regions(snapshot), snapshot->nr_regions};
}

u32 bandwidth(damonxx_context *context, s64 *out)
{
	damonxx_snapshot *snapshot = take(context);

	if (snapshot)
		*out = static_cast<s64>(min(
			estimated_bandwidth(regions_of(snapshot), snapshot->aggr_us), u64_max / 2));
	damonxx_snapshot_free(snapshot);
	return 1;
}

// Without memory for a snapshot, shows the last values; 0 while the kdamond does not run.
u32 percentiles(damonxx_context *context, s64 *out)
{
	damonxx_snapshot *snapshot = take(context);

	if (snapshot)
		idle_percentiles(regions_of(snapshot), snapshot->aggr_us, last_percentiles);
	if (context)
		__builtin_memcpy(out, last_percentiles, sizeof(last_percentiles));
	damonxx_snapshot_free(snapshot);
	return DAMONXX_MAX_RESULTS;
}

u32 aggr_interval(damonxx_context *context, s64 *out)
{
	damonxx_monitoring monitoring;

	if (context) {
		damonxx_context_read_monitoring(context, &monitoring);
		*out = static_cast<s64>(monitoring.aggr_us);
	}
	return 1;
}

constexpr auto parameters =
	rows(of_type(table::enabled, DAMONXX_PARAMETER_ENABLED),
	     results(table::estimated_memory_bandwidth, bandwidth),
	     results(table::memory_idle_ms_percentiles, percentiles),
	     results(table::aggr_interval_us, aggr_interval),
	     of_type(table::kdamond_pid, DAMONXX_PARAMETER_PID));

} // namespace

} // namespace damon

constinit damonxx_module damonxx_stat_module =
	damon::make_module("damonxx_stat", "kdamond.stat", damon::parameters, damon::configure);
