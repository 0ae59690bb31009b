// SPDX-License-Identifier: GPL-2.0
/* damonxx_reclaim.ko: its parameters, which modules/reclaim.cc gives a meaning. */
#include "modules/module.h"

extern struct damonxx_special damonxx_reclaim_module;
#define P(name, mode, text) DAMONXX_PARAMETER(damonxx_reclaim_module, name, mode, text)

P(enabled, 0600, "whether it runs (N)");
P(commit_inputs, 0600, "Y: apply the other parameters to the running kdamond");
P(min_age, 0600, "us without access before memory is paged out (120000000)");
P(quota_ms, 0600, "ms of work in quota_reset_interval_ms; 0: no limit (10)");
P(quota_sz, 0600, "bytes to page out in quota_reset_interval_ms; 0: no limit (134217728)");
P(quota_reset_interval_ms, 0600, "what quotas are for (1000)");
P(quota_mem_pressure_us, 0600,
  "us of waiting for memory in quota_reset_interval_ms to aim at; 0: no aim (0)");
P(quota_autotune_feedback, 0600, "how content the user is, of 10000; 0: does not say (0)");
P(wmarks_interval, 0600, "us between looks at free memory while it rests (5000000)");
P(wmarks_high, 0600, "rests while more than so many permil of memory are free (500)");
P(wmarks_mid, 0600, "works again when less than so many permil are free (400)");
P(wmarks_low, 0600, "rests while less than so many permil are free (200)");
P(sample_interval, 0600, "us between looks (5000)");
P(aggr_interval, 0600, "us over which accesses are counted (100000)");
P(min_nr_regions, 0600, "regions at the least (10)");
P(max_nr_regions, 0600, "regions at the most (1000)");
P(autotune_monitoring_intervals, 0600, "tune both intervals (N)");
P(monitor_region_start, 0600, "where to begin, in units (0)");
P(monitor_region_end, 0600, "where to end, in units; both 0 (default): all System RAM");
P(addr_unit, 0600, "bytes in a unit of those two (1)");
P(skip_anon, 0600, "page out no anonymous memory (N)");
P(kdamond_pid, 0400, "of the kdamond; -1: it does not run");
P(nr_reclaim_tried_regions, 0400, "regions that it tried to page out");
P(bytes_reclaim_tried_regions, 0400, "their bytes");
P(nr_reclaimed_regions, 0400, "regions of which it paged out something");
P(bytes_reclaimed_regions, 0400, "bytes that it paged out");
P(nr_quota_exceeds, 0400, "how many times a quota was used up");

DAMONXX_SPECIAL_MODULE(damonxx_reclaim_module, "Pages out memory that has not been accessed for some time");
