/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace events that DAMON got after Linux 6.12, with the same fields.  No supported kernel
 * defines them.
 */
#undef TRACE_SYSTEM
#undef TRACE_SYSTEM_VAR
#define TRACE_SYSTEM damon
/* For unique variable names: both files may have the same TRACE_SYSTEM. */
#define TRACE_SYSTEM_VAR damonxx_newer

#if !defined(DAMONXX_TRACEPOINTS_NEWER_H) || defined(TRACE_HEADER_MULTI_READ)
#define DAMONXX_TRACEPOINTS_NEWER_H

#include <linux/tracepoint.h>
#include "damonxx/kapi.h"

TRACE_EVENT(damon_region_aggregated,
	TP_PROTO(const struct kapi_trace_region *region, const u8 *hits, unsigned int nr_hits),
	TP_ARGS(region, hits, nr_hits),
	TP_STRUCT__entry(
		__field(unsigned long, target_id)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(unsigned int, nr_regions)
		__field(unsigned int, nr_accesses)
		__field(unsigned int, age)
		__dynamic_array(u8, probe_hits, nr_hits)
	),
	TP_fast_assign(
		__entry->target_id = region->target;
		__entry->start = region->start;
		__entry->end = region->end;
		__entry->nr_regions = region->nr_regions;
		__entry->nr_accesses = region->nr_accesses;
		__entry->age = region->age;
		memcpy(__get_dynamic_array(probe_hits), hits, nr_hits);
	),
	TP_printk("target_id=%lu nr_regions=%u %lu-%lu: %u %u probe_hits=%s", __entry->target_id,
		  __entry->nr_regions, __entry->start, __entry->end, __entry->nr_accesses,
		  __entry->age,
		  __print_hex(__get_dynamic_array(probe_hits),
			      __get_dynamic_array_len(probe_hits)))
);

TRACE_EVENT(damon_monitor_intervals_tune,
	TP_PROTO(unsigned long sample_us),
	TP_ARGS(sample_us),
	TP_STRUCT__entry(
		__field(unsigned long, sample_us)
	),
	TP_fast_assign(
		__entry->sample_us = sample_us;
	),
	TP_printk("sample_us=%lu", __entry->sample_us)
);

TRACE_EVENT(damos_esz,
	TP_PROTO(unsigned int scheme, unsigned long esz),
	TP_ARGS(scheme, esz),
	TP_STRUCT__entry(
		__field(unsigned int, context_idx)
		__field(unsigned int, scheme_idx)
		__field(unsigned long, esz)
	),
	TP_fast_assign(
		__entry->context_idx = 0;
		__entry->scheme_idx = scheme;
		__entry->esz = esz;
	),
	TP_printk("ctx_idx=%u scheme_idx=%u esz=%lu", __entry->context_idx, __entry->scheme_idx,
		  __entry->esz)
);

/* The text labels sz_applied as sz_tried, like the kernel's DAMON, as clients expect it.  The field
 * has the correct name. */
TRACE_EVENT(damos_stat_after_apply_interval,
	TP_PROTO(unsigned int scheme, const struct kapi_trace_stats *stats),
	TP_ARGS(scheme, stats),
	TP_STRUCT__entry(
		__field(unsigned int, context_idx)
		__field(unsigned int, scheme_idx)
		__field(unsigned long, nr_tried)
		__field(unsigned long, sz_tried)
		__field(unsigned long, nr_applied)
		__field(unsigned long, sz_applied)
		__field(unsigned long, sz_ops_filter_passed)
		__field(unsigned long, qt_exceeds)
		__field(unsigned long, nr_snapshots)
	),
	TP_fast_assign(
		__entry->context_idx = 0;
		__entry->scheme_idx = scheme;
		__entry->nr_tried = stats->nr_tried;
		__entry->sz_tried = stats->sz_tried;
		__entry->nr_applied = stats->nr_applied;
		__entry->sz_applied = stats->sz_applied;
		__entry->sz_ops_filter_passed = stats->sz_ops_filter_passed;
		__entry->qt_exceeds = stats->qt_exceeds;
		__entry->nr_snapshots = stats->nr_snapshots;
	),
	TP_printk("ctx_idx=%u scheme_idx=%u nr_tried=%lu sz_tried=%lu nr_applied=%lu sz_tried=%lu sz_ops_filter_passed=%lu qt_exceeds=%lu nr_snapshots=%lu",
		  __entry->context_idx, __entry->scheme_idx, __entry->nr_tried,
		  __entry->sz_tried, __entry->nr_applied, __entry->sz_applied,
		  __entry->sz_ops_filter_passed, __entry->qt_exceeds, __entry->nr_snapshots)
);

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH core/kernel
#define TRACE_INCLUDE_FILE tracepoints_newer
#include <trace/define_trace.h>
