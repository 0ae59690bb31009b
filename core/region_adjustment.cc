// SPDX-License-Identifier: GPL-2.0
#include "core/region_adjustment.hh"

namespace damon {

namespace {

u32 escalate(u32 threshold, u32 most)
{
	return threshold < most / 2 ? max(u32{1}, 2 * threshold) : most;
}

u32 max_regions(const configuration &config)
{
	return saturate_u32(config.attrs.max_nr_regions);
}

// The more regions there are, the more of them would be cut by mistake, and the more certain a
// cut must be.
u32 certainty(const configuration &config)
{
	const u32 count = config.nr_regions();
	const u32 most = max_regions(config);

	if (count < most / 8 && config.attrs.samples_per_aggregation() >= subregion_parts)
		return 2;
	if (count < most / 4)
		return 3;
	return count < most / 2 ? 4 : 6;
}

void split_by_subregion_hits(configuration &config)
{
	const u32 certain = certainty(config);
	u32 room = max_regions(config) - min(max_regions(config), config.nr_regions());

	for (target &t : config.targets) {
		const u32 before = t.regions.count();
		t.regions.split_by_subregion_hits(certain, before + room);
		room -= t.regions.count() - before;
	}
}

void merge_all(configuration &config, u32 threshold, u64 limit)
{
	for (target &t : config.targets)
		t.regions.merge(threshold, limit);
}

} // namespace

u64 region_adjustment::size_limit(const configuration &config)
{
	return max(align_down(config.total_bytes() / config.attrs.min_nr_regions, page_bytes),
		   page_bytes);
}

void region_adjustment::end_aggregation(configuration &config)
{
	const u64 limit = size_limit(config);
	const u32 samples = config.attrs.samples_per_aggregation();
	const probe_weights &weights = config.sampling.weights;
	const u32 most = weights.any() ? weights.highest(samples) : samples;
	u32 highest = 0;

	split_by_subregion_hits(config);
	for (target &t : config.targets) {
		t.regions.normalize(samples);
		highest = max(highest, t.regions.max_score());
	}

	u32 threshold = highest / 10;
	for (target &t : config.targets)
		t.regions.update_ages(threshold);
	merge_all(config, threshold, limit);
	while (config.nr_regions() > max_regions(config) && threshold < most) {
		threshold = escalate(threshold, most);
		merge_all(config, threshold, limit);
	}
	enforce_minimum(config);
}

void region_adjustment::enforce_minimum(configuration &config)
{
	const u64 limit = size_limit(config);

	for (target &t : config.targets)
		t.regions.cut_larger_than(limit);
}

void region_adjustment::begin_aggregation(configuration &config, prng &random)
{
	const u32 count = config.nr_regions();
	const u32 most = max_regions(config);
	split_plan plan;

	for (target &t : config.targets)
		t.regions.shift_counters();

	if (count > most / 2 && count < most) {
		plan.every = most / (most - count);
		plan.offset = rotation_++ % plan.every;
	} else if (count == previous_count_ && count < most / 3) {
		plan.pieces = 3;
	}
	previous_count_ = count;
	if (count >= most)
		return;

	u32 room = most - count;
	for (target &t : config.targets) {
		const u32 before = t.regions.count();
		t.regions.split(plan, before + room, random);
		room -= min(room, t.regions.count() - before);
	}
}

} // namespace damon
