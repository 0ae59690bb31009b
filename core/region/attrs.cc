// SPDX-License-Identifier: GPL-2.0
#include "core/region/attrs.hh"

namespace damon {

namespace {

constexpr u64 fewest_regions = 3;
constexpr u64 whole_permil = 1'000;

} // namespace

void monitoring_attrs::keep_intervals(const monitoring_attrs &running)
{
	const u64 samples = running.samples_per_aggregation();

	sample_us = running.sample_us;
	aggr_us = running.aggr_us;
	if (!goal.aggrs || goal.min_sample_us > goal.max_sample_us)
		return;
	sample_us = clamp(sample_us, goal.min_sample_us, goal.max_sample_us);
	if (sample_us != running.sample_us)
		aggr_us = saturating_mul(max(sample_us, u64{1}), samples);
}

status monitoring_attrs::validate(report &why) const
{
	if (min_nr_regions < fewest_regions)
		return why.fail(errc::inval, "nr_regions", "min ", min_nr_regions, " is below ",
				fewest_regions);
	if (min_nr_regions > max_nr_regions)
		return why.fail(errc::inval, "nr_regions", "min ", min_nr_regions,
				" is above max ", max_nr_regions);
	if (aggr_us == 0)
		return why.fail(errc::inval, "intervals", "aggr_us is 0");
	if (sample_us > aggr_us)
		return why.fail(errc::inval, "intervals", "sample_us ", sample_us,
				" is above aggr_us ", aggr_us);
	if (goal.aggrs && goal.min_sample_us > goal.max_sample_us)
		return why.fail(errc::inval, "intervals/intervals_goal", "min_sample_us ",
				goal.min_sample_us, " is above max_sample_us ",
				goal.max_sample_us);
	if (goal.aggrs && (sample_us < goal.min_sample_us || sample_us > goal.max_sample_us))
		return why.fail(errc::inval, "intervals", "sample_us ", sample_us,
				" is not within the goal's ", goal.min_sample_us, " to ",
				goal.max_sample_us);
	if (cpu_permil > whole_permil)
		return why.fail(errc::inval, "cpu_permil", cpu_permil, " is above ", whole_permil);
	return ok;
}

} // namespace damon
