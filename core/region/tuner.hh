// SPDX-License-Identifier: GPL-2.0
// Automatic tuning of the intervals, so that samples observe the wanted share of all possible
// accesses.
#pragma once
#include "core/region/attrs.hh"
#include "core/region/region_table.hh"

namespace damon {

// DAMON's feedback loop: the input that follows @last, which had the score @score.  A larger input
// gives a larger score; the target is a score of 10000.  At most twice @last, at least 10000.
u64 feed_back(u64 last, u64 score);

// The sampling interval, in microseconds, after an aggregation with @attrs, which must have a goal,
// observed @events.
u64 tuned_sample_us(const monitoring_attrs &attrs, const observed_events &events);

// Changes the sampling and the aggregation interval by the same factor.  False: unchanged.
bool tune_intervals(monitoring_attrs &attrs, const observed_events &events);

} // namespace damon
