// SPDX-License-Identifier: GPL-2.0
// A scheme: which regions it wants, what it does to them, how often, and what came of it.
#pragma once
#include "core/attrs.hh"

namespace damon {

enum class action : u8 {
	stat,	// only counts
};
// In the order of the enumerators: what sysfs reads and writes.
inline constexpr const char *action_names[] = {"stat"};

// Inclusive at both ends.
template <typename T> struct bounds {
	T min = 0;
	T max = 0;

	constexpr bool has(T value) const { return min <= value && value <= max; }
	bool operator==(const bounds &) const = default;
};

struct access_pattern {
	bounds<u64> size_bytes;
	bounds<u32> nr_accesses;
	bounds<u32> age;	// aggregation intervals

	bool operator==(const access_pattern &) const = default;
};

// What the user wants of one scheme.
struct scheme_inputs {
	damon::action action = action::stat;
	access_pattern pattern;
	u64 apply_interval_us = 0;	// 0: the aggregation interval
	u64 max_nr_snapshots = 0;	// 0: no limit
};

// Counted since the scheme was installed.
struct scheme_stats {
	u64 nr_tried = 0;
	u64 sz_tried = 0;
	u64 nr_applied = 0;
	u64 sz_applied = 0;
	u64 sz_ops_filter_passed = 0;
	u64 qt_exceeds = 0;
	u64 nr_snapshots = 0;	// rounds that went over all regions of all targets

	// The same with sizes in units of so many bytes.
	scheme_stats in_units(u64 unit_bytes) const
	{
		scheme_stats in = *this;

		in.sz_tried /= unit_bytes;
		in.sz_applied /= unit_bytes;
		in.sz_ops_filter_passed /= unit_bytes;
		return in;
	}
};

} // namespace damon
