/* SPDX-License-Identifier: GPL-2.0 */
/* Parameters of damonxx_stat.  No include guard: see shared_parameters.h. */
#include "modules/shared_parameters.h"

ENABLED_PARAMETER
PARAMETER_RESULT(estimated_memory_bandwidth, "bytes per second",
	"Memory that is accessed, if a page is read once as a whole in each sample that sees an access")
PARAMETER_RESULT(memory_idle_ms_percentiles, "milliseconds",
	"101 numbers with commas between: number i is the longest idle time of the least idle i percent of memory.  "
	"Negative: for how long it has been accessed")
PARAMETER_RESULT(aggr_interval_us, "microseconds",
	"Aggregation interval, as tuned; idle times are multiples of it")
PID_PARAMETER
