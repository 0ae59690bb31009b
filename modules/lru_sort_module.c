// SPDX-License-Identifier: GPL-2.0
/* damonxx_lru_sort.ko: its parameters, which modules/lru_sort.cc gives a meaning. */
#include "modules/module.h"

extern struct damonxx_special damonxx_lru_sort_module;
#define P(name, mode, text) DAMONXX_PARAMETER(damonxx_lru_sort_module, name, mode, text)

P(enabled, 0600, "whether it runs (N)");
P(commit_inputs, 0600, "Y: apply the other parameters to the running kdamond");
P(hot_thres_access_freq, 0600, "permil of looks that find hot memory accessed (500)");
P(cold_min_age, 0600, "us without access that make memory cold (120000000)");
P(quota_ms, 0600, "ms of work in quota_reset_interval_ms, half of it each way; 0: no limit (10)");
P(quota_reset_interval_ms, 0600, "what quotas are for (1000)");
P(active_mem_bp, 0600, "share of LRU memory to have on active lists, of 10000; 0: no aim (0)");
P(filter_young_pages, 0600,
  "leave pages alone that were (cold) or were not (hot) just accessed (N)");
P(wmarks_interval, 0600, "us between looks at free memory while it rests (5000000)");
P(wmarks_high, 0600, "rests while more than so many permil of memory are free (200)");
P(wmarks_mid, 0600, "works again when less than so many permil are free (150)");
P(wmarks_low, 0600, "rests while less than so many permil are free (50)");
P(sample_interval, 0600, "us between looks (5000)");
P(aggr_interval, 0600, "us over which accesses are counted (100000)");
P(min_nr_regions, 0600, "regions at the least (10)");
P(max_nr_regions, 0600, "regions at the most (1000)");
P(autotune_monitoring_intervals, 0600, "tune both intervals (N)");
P(monitor_region_start, 0600, "where to begin, in units (0)");
P(monitor_region_end, 0600, "where to end, in units; both 0 (default): all System RAM");
P(addr_unit, 0600, "bytes in a unit of those two (1)");
P(kdamond_pid, 0400, "of the kdamond; -1: it does not run");
P(nr_lru_sort_tried_hot_regions, 0400, "hot regions that it tried to move");
P(bytes_lru_sort_tried_hot_regions, 0400, "their bytes");
P(nr_lru_sorted_hot_regions, 0400, "hot regions of which it moved something");
P(bytes_lru_sorted_hot_regions, 0400, "bytes that it moved");
P(nr_hot_quota_exceeds, 0400, "how many times a quota was used up");
P(nr_lru_sort_tried_cold_regions, 0400, "cold regions that it tried to move");
P(bytes_lru_sort_tried_cold_regions, 0400, "their bytes");
P(nr_lru_sorted_cold_regions, 0400, "cold regions of which it moved something");
P(bytes_lru_sorted_cold_regions, 0400, "bytes that it moved");
P(nr_cold_quota_exceeds, 0400, "how many times a quota was used up");

DAMONXX_SPECIAL_MODULE(damonxx_lru_sort_module, "Sorts the LRU lists by what is accessed");
