// SPDX-License-Identifier: GPL-2.0
// One monitored address space and what is known of its regions.
#pragma once
#include "core/region_table.hh"
#include "damonxx/vec.hh"

namespace damon {

struct target {
	pid_ref pid;
	s32 pid_number = 0;	// as the user gave it
	u32 successor_of = 0;	// the number of the running target that it goes on from
	vec<addr_range> ranges;	// as the user gave them, aligned; empty: the operations decide
	vec<addr_range> found;	// room for the operations, to find ranges
	u64 seen_changes = 0;	// of the address space, for the operations
	u32 recheck_delay = 0;	// before the operations look for changes again
	region_table regions;
	bool gone = false;	// nothing is left to monitor

	mm_ref hold_mm() const { return pid ? mm_ref{kapi_mm_get(pid.get())} : mm_ref{}; }
};

} // namespace damon
