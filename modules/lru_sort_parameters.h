/* SPDX-License-Identifier: GPL-2.0 */
/* Parameters of damonxx_lru_sort.  No include guard: see shared_parameters.h. */
#include "modules/shared_parameters.h"

CONTROL_PARAMETERS
PARAMETER_NUMBER_WITHIN(hot_thres_access_freq, 500, 0, 1000, "permil",
	"Share of samples that see an access from which on memory is hot")
PARAMETER_NUMBER(cold_min_age, 120000000, "0 or more", "microseconds",
	"Time without any access after which memory is cold")
PARAMETER_NUMBER(quota_ms, 10, "0 or more", "milliseconds",
	"Time quota: work of the kdamond per quota_reset_interval_ms, half of it for each direction but at least 1 ms; "
	"0: unlimited")
PARAMETER_NUMBER(quota_reset_interval_ms, 1000, "0 or more", "milliseconds", "Length of a quota window")
PARAMETER_NUMBER_WITHIN(active_mem_bp, 0, 0, 10000, "basis points",
	"Goal of the quotas: active share of the memory on LRU lists; they grow until it is reached, and the goals of "
	"the two directions overlap by 2, so that exchange goes on.  0: no such goal")
PARAMETER_BOOL(filter_young_pages, N,
	"Y tests each page, too: of hot memory only pages move that were accessed since the last test, of cold memory "
	"only pages that were not")
WATERMARK_PARAMETERS(200, 150, 50, "all memory", "")
SAMPLING_PARAMETERS(5000, 10)
RANGE_PARAMETERS
PID_PARAMETER
PARAMETER_RESULT(nr_lru_sort_tried_hot_regions, "regions", "Hot memory that it tried to move to active lists")
PARAMETER_RESULT(bytes_lru_sort_tried_hot_regions, "bytes", "Hot memory that it tried to move to active lists")
PARAMETER_RESULT(nr_lru_sorted_hot_regions, "regions, all or part of each", "Hot memory that it moved")
PARAMETER_RESULT(bytes_lru_sorted_hot_regions, "bytes", "Hot memory that it moved")
PARAMETER_RESULT(nr_hot_quota_exceeds, "times", "How often the quota for hot memory was used up")
PARAMETER_RESULT(nr_lru_sort_tried_cold_regions, "regions", "Cold memory that it tried to move to inactive lists")
PARAMETER_RESULT(bytes_lru_sort_tried_cold_regions, "bytes", "Cold memory that it tried to move to inactive lists")
PARAMETER_RESULT(nr_lru_sorted_cold_regions, "regions, all or part of each", "Cold memory that it moved")
PARAMETER_RESULT(bytes_lru_sorted_cold_regions, "bytes", "Cold memory that it moved")
PARAMETER_RESULT(nr_cold_quota_exceeds, "times", "How often the quota for cold memory was used up")
