// SPDX-License-Identifier: GPL-2.0
/* Trace events. */
#include <linux/module.h>
#include <linux/types.h>
#include "damonxx/kapi.h"

#define CREATE_TRACE_POINTS
#include "core/kernel/tracepoints_older.h"
#define CREATE_TRACE_POINTS
#include "core/kernel/tracepoints_newer.h"

bool kapi_trace_enabled(int event)
{
	switch (event) {
	case KAPI_TRACE_AGGREGATED:
		return trace_damon_aggregated_enabled();
	case KAPI_TRACE_REGION_AGGREGATED:
		return trace_damon_region_aggregated_enabled();
	case KAPI_TRACE_BEFORE_APPLY:
		return trace_damos_before_apply_enabled();
	case KAPI_TRACE_INTERVALS_TUNE:
		return trace_damon_monitor_intervals_tune_enabled();
	case KAPI_TRACE_STAT_AFTER_APPLY:
		return trace_damos_stat_after_apply_interval_enabled();
	case KAPI_TRACE_ESZ:
		return trace_damos_esz_enabled();
	default:
		return false;
	}
}

void kapi_trace_damon_aggregated(const struct kapi_trace_region *region)
{
	trace_damon_aggregated(region);
}

void kapi_trace_damon_region_aggregated(const struct kapi_trace_region *region, const u8 *hits,
					u32 nr_hits)
{
	trace_damon_region_aggregated(region, hits, nr_hits);
}

void kapi_trace_damos_before_apply(u32 scheme, const struct kapi_trace_region *region)
{
	trace_damos_before_apply(scheme, region);
}

void kapi_trace_damon_monitor_intervals_tune(u64 sample_us)
{
	trace_damon_monitor_intervals_tune(sample_us);
}

void kapi_trace_damos_stat_after_apply_interval(u32 scheme, const struct kapi_trace_stats *stats)
{
	trace_damos_stat_after_apply_interval(scheme, stats);
}

void kapi_trace_damos_esz(u32 scheme, u64 size)
{
	trace_damos_esz(scheme, size);
}
