// SPDX-License-Identifier: GPL-2.0
// What those are told who listen to trace events.  While nobody does, an aggregation and a pass of a
// scheme cost a question each.
#pragma once
#include "core/region_table.hh"
#include "core/tried.hh"
#include "schemes/scheme_inputs.hh"

namespace damon {

struct configuration;

// At the end of an aggregation, before its counts become those of the last one.
void trace_aggregation(const configuration &config);
// The intervals have been tuned to this.
void trace_tuning(const monitoring_attrs &attrs);
// What the quota of a scheme allows now has been decided, in what the context's user counts in.
void trace_effective_size(u32 scheme, u64 size);

// A pass of one scheme.
class pass_trace {
public:
	// @unit_bytes: what addresses and sizes are told in.
	pass_trace(u32 scheme, u64 unit_bytes) : scheme_{scheme}, unit_bytes_{unit_bytes} {}

	// Just before the scheme does something to @region of the target number @target.
	void before_apply(u32 target, const region_table &regions, const tried_region &region) const;
	// Afterwards.
	void after(const scheme_stats &stats) const;

private:
	u32 scheme_;
	u64 unit_bytes_;
};

} // namespace damon
