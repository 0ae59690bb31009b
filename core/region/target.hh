// SPDX-License-Identifier: GPL-2.0
// A monitoring target: an address space and its regions.
#pragma once
#include "core/region/region_table.hh"
#include "damonxx/lib/vec.hh"

namespace damon {

struct target {
	pid_ref pid;
	s32 pid_number = 0;	// as given by the user
	u32 successor_of = 0;	// index of the running target that it replaces
	vec<addr_range> ranges;	// as given by the user, aligned; empty: found by the operations
	vec<addr_range> found;	// reserved memory in which the operations find ranges
	u64 seen_changes = 0;	// kapi_mm_changes() or kapi_ram_changes() at the last scan
	u32 recheck_delay = 0;	// aggregations until mappings are checked for changes again
	region_table regions;
	bool gone = false;	// the process has been reaped; nothing left to monitor

	mm_ref hold_mm() const { return pid ? mm_ref{kapi_mm_get(pid.get())} : mm_ref{}; }
};

// The sums over all targets.
inline u32 nr_regions_of(span<const target> targets)
{
	u32 sum = 0;

	for (const target &t : targets)
		sum += t.regions.count();
	return sum;
}
inline u64 total_bytes_of(span<const target> targets)
{
	u64 sum = 0;

	for (const target &t : targets)
		sum += t.regions.total_bytes();
	return sum;
}

} // namespace damon
