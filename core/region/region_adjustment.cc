// SPDX-License-Identifier: GPL-2.0
#include "core/region/region_adjustment.hh"

namespace damon {

namespace {

u32 escalate(u32 threshold, u32 most)
{
	return threshold < most / 2 ? max(u32{1}, 2 * threshold) : most;
}

u32 max_regions(const monitoring_attrs &attrs)
{
	return saturate_u32(attrs.max_nr_regions);
}

// How many samples must confirm a split by subregion hits.  More regions mean more splits by
// mistake, so this grows with their number.
u32 certainty(u32 count, const monitoring_attrs &attrs)
{
	const u32 most = max_regions(attrs);

	if (count < most / 8 && attrs.samples_per_aggregation() >= subregion_parts)
		return 2;
	if (count < most / 4)
		return 3;
	return count < most / 2 ? 4 : 6;
}

void split_by_subregion_hits(span<target> targets, const monitoring_attrs &attrs)
{
	const u32 count = nr_regions_of(targets);
	const u32 certain = certainty(count, attrs);
	u32 room = max_regions(attrs) - min(max_regions(attrs), count);

	for (target &t : targets) {
		const u32 before = t.regions.count();
		t.regions.split_by_subregion_hits(certain, before + room);
		room -= t.regions.count() - before;
	}
}

void merge_all(span<target> targets, u32 threshold, u64 limit)
{
	for (target &t : targets)
		t.regions.merge(threshold, limit);
}

} // namespace

u64 region_adjustment::size_limit(span<const target> targets, const monitoring_attrs &attrs)
{
	return max(align_down(total_bytes_of(targets) / attrs.min_nr_regions, page_bytes),
		   page_bytes);
}

void region_adjustment::end_aggregation(span<target> targets, const monitoring_attrs &attrs,
					const probe_weights &weights)
{
	const u64 limit = size_limit(targets, attrs);
	const u32 samples = attrs.samples_per_aggregation();
	const u32 most = weights.any() ? weights.highest(samples) : samples;
	u32 highest = 0;

	split_by_subregion_hits(targets, attrs);
	for (target &t : targets) {
		t.regions.normalize(samples);
		highest = max(highest, t.regions.max_score());
	}

	u32 threshold = highest / 10;
	for (target &t : targets)
		t.regions.update_ages(threshold);
	merge_all(targets, threshold, limit);
	while (nr_regions_of(targets) > max_regions(attrs) && threshold < most) {
		threshold = escalate(threshold, most);
		merge_all(targets, threshold, limit);
	}
	enforce_minimum(targets, attrs);
}

void region_adjustment::enforce_minimum(span<target> targets, const monitoring_attrs &attrs)
{
	const u64 limit = size_limit(targets, attrs);

	for (target &t : targets)
		t.regions.cut_larger_than(limit);
}

void region_adjustment::begin_aggregation(span<target> targets, const monitoring_attrs &attrs,
					  prng &random)
{
	const u32 count = nr_regions_of(targets);
	const u32 most = max_regions(attrs);
	split_plan plan;

	for (target &t : targets)
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
	for (target &t : targets) {
		const u32 before = t.regions.count();
		t.regions.split(plan, before + room, random);
		room -= min(room, t.regions.count() - before);
	}
}

} // namespace damon
