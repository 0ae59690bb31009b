// SPDX-License-Identifier: GPL-2.0
// What the user allows a scheme in a time.
#pragma once
#include "damonxx/vec.hh"
#include "schemes/goal.hh"

namespace damon {

// Which regions come first while not all can: only the ratio of these matters.
struct priority_weights {
	u32 size = 0;
	u32 nr_accesses = 0;
	u32 age = 0;
};

struct quota_inputs {
	u64 ms = 0;		// of the kdamond's time per window; 0: no limit
	u64 bytes = 0;		// per window; 0: no limit
	u64 reset_interval_ms = 0;	// the window
	// Schemes with the same number other than 0 share the above in a window: what one of them has
	// used is gone for the others.
	u32 pool = 0;
	priority_weights weights;
	vec<goal> goals;	// also limit, by what it takes to reach them
	goal_tuner tuner = goal_tuner::consist;
	// Of bytes that were tried in vain, this share is charged; denominator 0: all.
	u32 fail_charge_num = 0;
	u32 fail_charge_denom = 0;
	// By the scheme's action: what it is done to at once.  Less would be spent in vain.
	u64 block_bytes = page_bytes;

	bool limits() const { return ms || bytes || !goals.empty(); }
};

} // namespace damon
