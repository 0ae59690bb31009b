// SPDX-License-Identifier: GPL-2.0
// How a goal's score becomes a quota.
#pragma once
#include "schemes/quota_inputs.hh"

namespace damon {

class goal_tuning {
public:
	// Bytes that the goals allow in a quota window.  @score: see goal_progress.
	// @matching_bytes: all memory that the scheme could act on.  @step: a quota window has
	// passed since the last call, so tuning makes a step.
	u64 allowed_bytes(const quota_inputs &config, u64 score, u64 matching_bytes, bool step);

private:
	u64 consist_bytes(u64 score, bool step);
	u64 proportional_bytes(u64 score, u64 matching_bytes, bool step);

	u64 scaled_bytes_ = 0;	// in 1/10000 of a byte; 0: tuning has not begun
};

} // namespace damon
