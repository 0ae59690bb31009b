// SPDX-License-Identifier: GPL-2.0
// Configuration of a scheme as the user has set it, and its statistics.
#pragma once
#include "core/region/attrs.hh"
#include "schemes/filter.hh"
#include "schemes/quota_inputs.hh"
#include "schemes/watermarks.hh"

namespace damon {

enum class action : u8 {
	// For processes only, as madvise() does them.
	willneed,
	cold,
	pageout, // reclaims; also for physical memory
	hugepage,
	nohugepage,
	collapse,
	// For physical memory only.
	lru_prio,   // moves folios to the active list
	lru_deprio, // moves folios to the inactive list
	// For both.
	migrate_hot,  // moves to another node, hot memory first
	migrate_cold, // cold memory first
	stat,	      // only counts
};
// In the order of the enumerators: what sysfs reads and writes.
inline constexpr const char *action_names[] = {
	"willneed", "cold",	  "pageout",	 "hugepage",	 "nohugepage", "collapse",
	"lru_prio", "lru_deprio", "migrate_hot", "migrate_cold", "stat",
};

struct access_pattern {
	bounds<u64> size_bytes;
	bounds<u32> nr_accesses;
	bounds<u32> age; // aggregation intervals

	bool operator==(const access_pattern &) const = default;
};

// A node that migrations move a share to.
struct destination {
	u32 nid = 0;
	u32 weight = 0;
};

// Configuration of one scheme.
struct scheme_inputs {
	damon::action action = action::stat;
	s32 target_nid = -1; // of migrations without destinations
	access_pattern pattern;
	u64 apply_interval_us = 0;	    // 0: the aggregation interval
	vec<destination> destinations = {}; // of virtual addresses only
	quota_inputs quota = {};
	damon::watermarks watermarks = {};
	vec<filter> core_filters = {}; // both in order of evaluation
	vec<filter> ops_filters = {};
	u64 max_nr_snapshots = 0; // 0: no limit
	u32 rest_ms = 0;	  // migrations skip folios migrated less than this ago
};

// Counted since the scheme was installed.
struct scheme_stats {
	u64 nr_tried = 0;
	u64 sz_tried = 0;
	u64 nr_applied = 0;
	u64 sz_applied = 0;
	u64 sz_ops_filter_passed = 0;
	u64 qt_exceeds = 0;
	u64 nr_snapshots = 0;	 // passes that went over all regions of all targets
	u64 effective_bytes = 0; // not a count: the effective quota

	// The same with sizes in units of @unit_bytes.
	scheme_stats in_units(u64 unit_bytes) const
	{
		scheme_stats in = *this;

		in.sz_tried /= unit_bytes;
		in.sz_applied /= unit_bytes;
		in.sz_ops_filter_passed /= unit_bytes;
		in.effective_bytes /= unit_bytes;
		return in;
	}
};

} // namespace damon
