// SPDX-License-Identifier: GPL-2.0
// Apply passes of schemes, and the walk that collects the regions that they try.
#pragma once
#include "schemes/tried.hh"
#include "schemes/apply_context.hh"

namespace damon {

// Collects the regions that every scheme tries in its next pass.
class tried_walk {
public:
	// @out has one entry per scheme, with the memory for all its regions reserved if
	// @with_regions; it outlives the walk.
	tried_walk(tried_regions &out, bool with_regions) : out_{out}, with_regions_{with_regions} {}

	// A pass of @scheme begins.  A pass that began before the walk is not collected.
	void begin(u32 scheme);
	void add(u32 scheme, const tried_region &region);
	// The pass of @scheme has ended.
	void finish(u32 scheme);
	bool complete() const { return nr_finished_ == out_.size(); }
	// Returns false if the walk was made for another number of schemes, or for fewer regions.
	bool fits(u32 nr_schemes, u32 nr_regions) const;

private:
	bool collects(u32 scheme) const
	{
		return scheme < out_.size() && out_[scheme].begun && !out_[scheme].complete;
	}

	tried_regions &out_;
	bool with_regions_;
	u32 nr_finished_ = 0;
};

// Begins a pass of each scheme that is due.
void begin_passes(const apply_context &context);
// Continues all active passes.  Returns false if a request interrupted them: the caller must call
// again.  Each call makes progress.
bool continue_passes(const apply_context &context);

} // namespace damon
