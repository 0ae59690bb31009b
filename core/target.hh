// SPDX-License-Identifier: GPL-2.0
// One monitored address space and what is known of its regions.
#pragma once
#include "core/region_table.hh"
#include "damonxx/vec.hh"

namespace damon {

struct target {
	pid_ref pid;
	vec<addr_range> ranges;	// as the user gave them, aligned; empty: the operations decide
	region_table regions;
	bool gone = false;	// nothing is left to monitor

	mm_ref hold_mm() const { return pid ? mm_ref{kapi_mm_get(pid.get())} : mm_ref{}; }
};

} // namespace damon
