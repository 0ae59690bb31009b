// SPDX-License-Identifier: GPL-2.0
/* damonxx_stat.ko: its parameters, which modules/stat.cc gives a meaning. */
#include "modules/module.h"

extern struct damonxx_special damonxx_stat_module;
#define P(name, mode, text) DAMONXX_PARAMETER(damonxx_stat_module, name, mode, text)

P(enabled, 0600, "whether it runs (N)");
P(estimated_memory_bandwidth, 0400, "bytes accessed in a second");
P(memory_idle_ms_percentiles, 0400,
  "ms for which memory was idle, by percent of bytes; negative: accessed");
P(aggr_interval_us, 0400, "us over which accesses are counted, as tuned");
P(kdamond_pid, 0400, "of the kdamond; -1: it does not run");

DAMONXX_SPECIAL_MODULE(damonxx_stat_module, "Tells how the memory of the system is used");
