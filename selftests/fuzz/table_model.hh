// SPDX-License-Identifier: GPL-2.0
#pragma once

// A table of regions as one would write it down: a list, 128-bit arithmetic, no thrift.

#include "fuzz.hh"

#include "core/region_table.hh"

#include <vector>

namespace fuzz {

using wide = unsigned __int128;

inline constexpr u64 page = damon::page_bytes;

// What a region can count of them.
inline constexpr u32 most_checked = 2047;

struct model_region {
	u64 start, end;
	u32 now = 0, last = 0, age = 0;
	u32 checked = 0;    // looks of this aggregation that could tell
	bool asked = false; // whether there was any
	damon::hit_counters hits = {};

	u64 size() const { return end - start; }
	bool operator==(const model_region &) const = default;
};

class table_model {
public:
	std::vector<model_region> regions;
	u64 rounds = 0; // through all regions in this aggregation
	damon::probe_weights weights;

	// What @table holds at present.
	static table_model of(const damon::region_table &table);
	u64 total() const;
	// The accesses, or the sum of hits times weights where a probe has one.
	u32 score(const model_region &r) const { return score_of(r.now, r.hits.now); }
	u32 last_score(const model_region &r) const { return score_of(r.last, r.hits.last); }

	void set_ranges(const std::vector<damon::addr_range> &ranges);
	void update_ages(u32 threshold);
	void merge(u32 threshold, u64 size_limit);
	void shift();
	void normalize(u32 aggr_samples);
	void rescale(const damon::region_table::rescaling &scale);
	u32 estimate(size_t i, u64 samples) const;
	u32 moving_sum(size_t i, u64 left, u32 aggr_samples) const;
	// How many regions there would be with no limit on them.
	u64 count_after_cut(u64 size_limit) const;
	void cut(u64 size_limit);

private:
	u32 score_of(u32 accesses, const u8 (&hits)[damon::max_probes]) const;
};

// Ends the run unless @table is in order; @what was done to it.
void must_be_sound(const damon::region_table &table, const char *what);
void must_equal(const damon::region_table &table, const table_model &model, const char *what);
// Every region of @before is there, whole or in parts that inherit from it.
void must_be_parts_of(const damon::region_table &table, const table_model &before,
		      const char *what);

// Sorted, disjoint and aligned, at most @most of them.
std::vector<damon::addr_range> sorted_ranges(choices &in, u32 most);
inline damon::span<const damon::addr_range> as_span(const std::vector<damon::addr_range> &ranges)
{
	return {ranges.data(), static_cast<u32>(ranges.size())};
}

} // namespace fuzz
