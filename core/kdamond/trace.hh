// SPDX-License-Identifier: GPL-2.0
// Trace events of monitoring.  While nothing listens, an aggregation costs one question.
#pragma once
#include "core/kdamond/configuration.hh"

namespace damon {

// At the end of an aggregation, before its counts become those of the last one.
void trace_aggregation(const configuration &config);
// The intervals have been tuned to @attrs.
void trace_tuning(const monitoring_attrs &attrs);

} // namespace damon
