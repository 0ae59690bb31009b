/* SPDX-License-Identifier: GPL-2.0 */
/* Parameters of damonxx_reclaim.  No include guard: see shared_parameters.h. */
#include "modules/shared_parameters.h"

CONTROL_PARAMETERS
PARAMETER_NUMBER(min_age, 120000000, "0 or more", "microseconds",
	"Time without any access after which memory is paged out")
PARAMETER_NUMBER(quota_ms, 10, "0 or more", "milliseconds",
	"Time quota: work of the kdamond per quota_reset_interval_ms; 0: unlimited")
PARAMETER_NUMBER(quota_sz, 134217728, "0 or more", "bytes",
	"Size quota: memory to try per quota_reset_interval_ms, at least a page; 0: unlimited")
PARAMETER_NUMBER(quota_reset_interval_ms, 1000, "0 or more", "milliseconds", "Length of a quota window")
PARAMETER_NUMBER(quota_mem_pressure_us, 0, "0 or more", "microseconds",
	"Goal of the quotas: time per quota_reset_interval_ms that some task waits for memory; they grow while it is "
	"less and shrink while it is more.  Needs PSI, else EOPNOTSUPP.  0: no such goal")
PARAMETER_NUMBER(quota_autotune_feedback, 0, "0 or more", "basis points",
	"User feedback: 10000 is on target; quotas grow while it is less and shrink while it is more.  Write it and "
	"commit repeatedly.  0: no such goal")
WATERMARK_PARAMETERS(500, 400, 200, "all memory", "")
SAMPLING_PARAMETERS(5000, 10)
RANGE_PARAMETERS
PARAMETER_BOOL(skip_anon, N, "Y pages out files only, no anonymous memory")
PID_PARAMETER
PARAMETER_RESULT(nr_reclaim_tried_regions, "regions", "Memory that it tried to page out")
PARAMETER_RESULT(bytes_reclaim_tried_regions, "bytes", "Memory that it tried to page out")
PARAMETER_RESULT(nr_reclaimed_regions, "regions, all or part of each", "Memory that it paged out")
PARAMETER_RESULT(bytes_reclaimed_regions, "bytes", "Memory that it paged out")
PARAMETER_RESULT(nr_quota_exceeds, "times", "How often a quota was used up")
