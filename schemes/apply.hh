// SPDX-License-Identifier: GPL-2.0
// Schemes at work, and the walk that tells a user which regions they tried.
#pragma once
#include "core/tried.hh"
#include "schemes/apply_context.hh"

namespace damon {

// Collects the next pass of every scheme.
class tried_walk {
public:
	// @out has one entry per scheme, with the memory for all its regions reserved if
	// @with_regions; it outlives the walk.
	tried_walk(tried_regions &out, bool with_regions) : out_{out}, with_regions_{with_regions} {}

	// A pass of @scheme begins.  One that goes on already is not told.
	void begin(u32 scheme);
	void add(u32 scheme, const tried_region &region);
	// The pass of @scheme is over.
	void finish(u32 scheme);
	bool complete() const { return nr_finished_ == out_.size(); }
	// False: it was made for other schemes, or for fewer regions.
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
// Goes on with all passes that have begun.  False: somebody waits, and they are to go on later;
// something has been done in any case.
bool continue_passes(const apply_context &context);

} // namespace damon
