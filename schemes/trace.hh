// SPDX-License-Identifier: GPL-2.0
// Trace events of schemes.  While they are disabled, a pass only checks that.
#pragma once
#include "core/region/region_table.hh"
#include "schemes/scheme_inputs.hh"
#include "schemes/tried.hh"

namespace damon {

// Emits damos_esz: the new effective quota of a scheme, in units of addr_unit.
void trace_effective_size(u32 scheme, u64 size);

// Emits the trace events of a pass of one scheme.
class pass_trace {
public:
	// @unit_bytes: unit of addresses and sizes in the events.
	pass_trace(u32 scheme, u64 unit_bytes) : scheme_{scheme}, unit_bytes_{unit_bytes} {}

	// Before the action is applied to @region of target number @target.
	void before_apply(u32 target, const region_table &regions,
			  const tried_region &region) const;
	// At the end of the pass.
	void after(const scheme_stats &stats) const;

private:
	u32 scheme_;
	u64 unit_bytes_;
};

} // namespace damon
