// SPDX-License-Identifier: GPL-2.0
// What a snapshot says about how memory is used.
#pragma once
#include "damonxx/lib/span.hh"
#include "modules/module.h"

namespace damon {

using snapshot_regions = span<damonxx_snapshot_region>;

// Bytes per second, if all of a region is accessed whenever an access is seen in it.
u64 estimated_bandwidth(snapshot_regions regions, u64 aggr_us);

// For how long memory has been idle, in ms; negative: for how long it has been accessed.  Of all
// bytes, percent number i have at most out[i]; out[0] is the least.  All are 0 where there are no
// bytes.  Sorts @regions.
void idle_percentiles(snapshot_regions regions, u64 aggr_us, s64 (&out)[DAMONXX_MAX_RESULTS]);

} // namespace damon
