// SPDX-License-Identifier: GPL-2.0
#include "schemes/goal_tuner.hh"
#include "core/region/tuner.hh"

namespace damon {

namespace {

constexpr u64 whole_bp = 10'000;

// Scales @bytes by the distance to the goal: 0 if it is reached.
u64 in_distance(u64 bytes, u64 score)
{
	return mul_div(bytes, whole_bp - min(score, whole_bp), whole_bp);
}

} // namespace

u64 goal_tuning::allowed_bytes(const quota_inputs &config, u64 score, u64 matching_bytes, bool step)
{
	const u64 limit = config.bytes ? config.bytes : u64_max;

	switch (config.tuner) {
	case goal_tuner::consist:
		return consist_bytes(score, step);
	case goal_tuner::temporal:
		return score >= whole_bp ? 0 : limit;
	case goal_tuner::proportional:
		break;
	}
	if (config.bytes)
		return in_distance(config.bytes, score);
	return in_distance(proportional_bytes(score, matching_bytes, step), score);
}

// Starts at one byte; a step doubles the quota at most.
u64 goal_tuning::consist_bytes(u64 score, bool step)
{
	if (step || !scaled_bytes_)
		scaled_bytes_ = feed_back(max(scaled_bytes_, whole_bp), score);
	return scaled_bytes_ / whole_bp;
}

// Starts at all matching memory, which is the maximum; a step reduces the quota by as much as the
// goal was exceeded, and increases it while the goal is not reached.
u64 goal_tuning::proportional_bytes(u64 score, u64 matching_bytes, bool step)
{
	const u64 most = saturating_mul(matching_bytes, whole_bp);

	if (!most)
		return 0;
	if (!scaled_bytes_)
		scaled_bytes_ = most;
	else if (step)
		scaled_bytes_ = min(feed_back(scaled_bytes_, score), most);
	return min(scaled_bytes_, most) / whole_bp;
}

} // namespace damon
