// SPDX-License-Identifier: GPL-2.0
// Quota of a scheme as the user has set it.
#pragma once
#include "damonxx/lib/vec.hh"
#include "schemes/goal.hh"

namespace damon {

// Weights of properties of regions in their priority; only the ratio of the weights matters.
struct priority_weights {
	u32 size = 0;
	u32 nr_accesses = 0;
	u32 age = 0;
};

struct quota_inputs {
	u64 ms = 0;		// of the kdamond's time per quota window; 0: no limit
	u64 bytes = 0;		// per quota window; 0: no limit
	u64 reset_interval_ms = 0;	// length of a quota window
	// Schemes with the same pool share these limits: what one of them uses is charged to all.
	// 0: no pool.
	u32 pool = 0;
	priority_weights weights;
	vec<goal> goals;	// limit the quota further
	goal_tuner tuner = goal_tuner::consist;
	// Share of bytes tried without success that is charged; denominator 0: all of them.
	u32 fail_charge_num = 0;
	u32 fail_charge_denom = 0;
	// Granularity of the scheme's action, which has no effect on less.
	u64 block_bytes = page_bytes;

	bool limits() const { return ms || bytes || !goals.empty(); }
};

} // namespace damon
