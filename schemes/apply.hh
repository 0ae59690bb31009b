// SPDX-License-Identifier: GPL-2.0
// Schemes at work, and the walk that tells a user which regions they tried.
#pragma once
#include "core/target.hh"
#include "core/tried.hh"
#include "schemes/scheme.hh"

namespace damon {

struct scheme {
	scheme_inputs wanted;
	scheme_stats stats;
	u64 next_apply_samples = 0;	// 0: not scheduled yet

	u64 interval_samples(const monitoring_attrs &attrs) const
	{
		const u64 interval_us = wanted.apply_interval_us;
		return attrs.samples_in(interval_us ? interval_us : attrs.aggr_us);
	}
	void schedule(u64 now_samples, const monitoring_attrs &attrs)
	{
		next_apply_samples = now_samples + interval_samples(attrs);
	}
	bool due(u64 now_samples) const { return now_samples >= next_apply_samples; }
	bool exhausted() const
	{
		return wanted.max_nr_snapshots && stats.nr_snapshots >= wanted.max_nr_snapshots;
	}
};

// Collects the next round of every scheme.
class tried_walk {
public:
	// @out has one entry per scheme, with the memory for all its regions reserved if
	// @with_regions; it outlives the walk.
	tried_walk(tried_regions &out, bool with_regions) : out_{out}, with_regions_{with_regions} {}

	void add(u32 scheme, const tried_region &region);
	// The round of @scheme is over.
	void finish(u32 scheme);
	bool complete() const { return nr_finished_ == out_.size(); }
	// False: it was made for other schemes, or for fewer regions.
	bool fits(u32 nr_schemes, u32 nr_regions) const;

private:
	tried_regions &out_;
	bool with_regions_;
	u32 nr_finished_ = 0;
};

// Where the worker is in its window.
struct window_position {
	u64 now_samples;
	u64 left;	// samples to come
	u32 length;	// samples in a window
};

// Gives every scheme that is due one round over all regions.  @unit_bytes is for trace events.
// @walk may be null.
void apply_schemes(span<scheme> schemes, span<target> targets, const monitoring_attrs &attrs,
		   u64 unit_bytes, const window_position &at, tried_walk *walk);

} // namespace damon
