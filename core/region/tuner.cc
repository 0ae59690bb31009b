// SPDX-License-Identifier: GPL-2.0
#include "core/region/tuner.hh"

namespace damon {

namespace {

constexpr u64 whole_bp = 10'000;
constexpr u64 least_input = 10'000;

} // namespace

u64 feed_back(u64 last, u64 score)
{
	if (score >= 2 * whole_bp)
		return least_input;

	const u64 step = mul_div(last, distance(whole_bp, score), whole_bp);
	const u64 next = score < whole_bp ? saturating_add(last, step) : last - step;
	return max(next, least_input);
}

// One step at most halves or doubles the sampling interval.
u64 tuned_sample_us(const monitoring_attrs &attrs, const observed_events &events)
{
	const intervals_goal &goal = attrs.goal;
	const u64 possible = saturating_mul(events.pages, attrs.samples_per_aggregation());
	const u64 wanted = max(mul_div(possible, goal.access_bp, whole_bp), u64{1});
	const u64 score = mul_div(events.seen, whole_bp, wanted);
	u64 factor_bp = feed_back(whole_bp * least_input, score) / least_input;

	if (factor_bp <= whole_bp)
		factor_bp = whole_bp / 2 + factor_bp / 2;
	return clamp(mul_div(max(attrs.sample_us, u64{1}), factor_bp, whole_bp),
		     goal.min_sample_us, goal.max_sample_us);
}

bool tune_intervals(monitoring_attrs &attrs, const observed_events &events)
{
	const u64 samples = attrs.samples_per_aggregation();
	const u64 tuned_us = tuned_sample_us(attrs, events);

	if (tuned_us == attrs.sample_us)
		return false;
	attrs.sample_us = tuned_us;
	attrs.aggr_us = saturating_mul(max(tuned_us, u64{1}), samples);
	return true;
}

} // namespace damon
