// SPDX-License-Identifier: GPL-2.0
// How a goal's score becomes a quota.
#pragma once
#include "schemes/quota_inputs.hh"

namespace damon {

class goal_tuning {
public:
	// What may be done in a window, by a score that should be 10000 and grows with what is done.
	// @matching_bytes: of what the scheme could be applied to.  @step: a window has passed since
	// the last time.
	u64 allowed_bytes(const quota_inputs &config, u64 score, u64 matching_bytes, bool step);

private:
	u64 steady_bytes(u64 score, bool step);
	u64 strong_bytes(u64 score, u64 matching_bytes, bool step);

	u64 scaled_bytes_ = 0;	// in 1/10,000; 0: at the begin
};

} // namespace damon
