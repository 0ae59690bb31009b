// SPDX-License-Identifier: GPL-2.0
// Trace events of monitoring.  While they are disabled, an aggregation costs one check.
#pragma once
#include "core/kdamond/configuration.hh"

namespace damon {

// Emits the regions at the end of an aggregation, before shift_counters().
void trace_aggregation(const configuration &config);
// Emits the sampling interval after tuning.
void trace_tuning(const monitoring_attrs &attrs);

} // namespace damon
