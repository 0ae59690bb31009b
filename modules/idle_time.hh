// SPDX-License-Identifier: GPL-2.0
// Bandwidth and idle times, computed from a snapshot.
#pragma once
#include "damonxx/lib/span.hh"
#include "modules/module.h"

namespace damon {

using snapshot_regions = span<damonxx_snapshot_region>;

// Bytes per second, assuming that each sample with an access saw all of its region accessed.
u64 estimated_bandwidth(snapshot_regions regions, u64 aggr_us);

// Percentiles of idle time in ms; negative: time for which memory has been accessed.  At least i
// percent of all bytes have an idle time of at most out[i]; out[0] is the minimum.  All are 0 if
// there are no regions.  Sorts @regions.
void idle_percentiles(snapshot_regions regions, u64 aggr_us, s64 (&out)[DAMONXX_MAX_RESULTS]);

} // namespace damon
