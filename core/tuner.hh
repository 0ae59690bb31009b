// SPDX-License-Identifier: GPL-2.0
// Intervals that follow how much is going on, so that the wanted share of all possible
// accesses is seen.
#pragma once
#include "core/attrs.hh"
#include "core/region_table.hh"

namespace damon {

// The next value of an input whose growth makes a score grow, which should be 10000: at most
// twice @last, and never below 10000.
u64 feed_back(u64 last, u64 score);

// The sampling interval to use after an aggregation under @attrs, which has a goal, saw @events.
u64 tuned_sample_us(const monitoring_attrs &attrs, const observed_events &events);

// Changes both intervals, by the same factor.  False: they are good.
bool tune_intervals(monitoring_attrs &attrs, const observed_events &events);

} // namespace damon
