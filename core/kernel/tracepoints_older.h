/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace events that DAMON has in Linux 6.12, with the same fields.
 *
 * A kernel with its own DAMON defines them in the group "damon", so there they are in the group
 * "damonxx".
 */
#undef TRACE_SYSTEM
#undef TRACE_SYSTEM_VAR
#ifdef CONFIG_DAMON
#define TRACE_SYSTEM damonxx
#else
#define TRACE_SYSTEM damon
#endif
/* For unique variable names: both files may have the same TRACE_SYSTEM. */
#define TRACE_SYSTEM_VAR damonxx_older

#if !defined(DAMONXX_TRACEPOINTS_OLDER_H) || defined(TRACE_HEADER_MULTI_READ)
#define DAMONXX_TRACEPOINTS_OLDER_H

#include <linux/tracepoint.h>
#include "damonxx/kapi.h"

/* Linked into a kernel with its own DAMON, the tracepoints need other names, too. */
#if defined(CONFIG_DAMON) && !defined(MODULE)
#define damon_aggregated damonxx_aggregated
#define trace_damon_aggregated trace_damonxx_aggregated
#define trace_damon_aggregated_enabled trace_damonxx_aggregated_enabled
#define damos_before_apply damonxx_before_apply
#define trace_damos_before_apply trace_damonxx_before_apply
#define trace_damos_before_apply_enabled trace_damonxx_before_apply_enabled
#endif

TRACE_EVENT(damon_aggregated,
	TP_PROTO(const struct kapi_trace_region *region),
	TP_ARGS(region),
	TP_STRUCT__entry(
		__field(unsigned long, target_id)
		__field(unsigned int, nr_regions)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(unsigned int, nr_accesses)
		__field(unsigned int, age)
	),
	TP_fast_assign(
		__entry->target_id = region->target;
		__entry->nr_regions = region->nr_regions;
		__entry->start = region->start;
		__entry->end = region->end;
		__entry->nr_accesses = region->nr_accesses;
		__entry->age = region->age;
	),
	TP_printk("target_id=%lu nr_regions=%u %lu-%lu: %u %u", __entry->target_id,
		  __entry->nr_regions, __entry->start, __entry->end, __entry->nr_accesses,
		  __entry->age)
);

TRACE_EVENT(damos_before_apply,
	TP_PROTO(unsigned int scheme, const struct kapi_trace_region *region),
	TP_ARGS(scheme, region),
	TP_STRUCT__entry(
		__field(unsigned int, context_idx)
		__field(unsigned int, scheme_idx)
		__field(unsigned long, target_idx)
		__field(unsigned long, start)
		__field(unsigned long, end)
		__field(unsigned int, nr_accesses)
		__field(unsigned int, age)
		__field(unsigned int, nr_regions)
	),
	TP_fast_assign(
		__entry->context_idx = 0;
		__entry->scheme_idx = scheme;
		__entry->target_idx = region->target;
		__entry->start = region->start;
		__entry->end = region->end;
		__entry->nr_accesses = region->nr_accesses;
		__entry->age = region->age;
		__entry->nr_regions = region->nr_regions;
	),
	TP_printk("ctx_idx=%u scheme_idx=%u target_idx=%lu nr_regions=%u %lu-%lu: %u %u",
		  __entry->context_idx, __entry->scheme_idx, __entry->target_idx,
		  __entry->nr_regions, __entry->start, __entry->end, __entry->nr_accesses,
		  __entry->age)
);

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH core/kernel
#define TRACE_INCLUDE_FILE tracepoints_older
#include <trace/define_trace.h>
