// SPDX-License-Identifier: GPL-2.0
#include "schemes/apply.hh"
#include "core/trace.hh"

namespace damon {

namespace {

bool matches(const access_pattern &pattern, const tried_region &region)
{
	return pattern.size_bytes.has(region.range.size()) &&
	       pattern.nr_accesses.has(region.nr_accesses) && pattern.age.has(region.age);
}

void add_hits(tried_region &region, const hit_counters &hits, const window_position &at)
{
	for (u32 probe = 0; probe < max_probes; probe++)
		region.hits[probe] = hits.moving_sum(probe, at.left, at.length);
}

// One round of @s over all regions.
void apply_scheme(scheme &s, u32 index, span<target> targets, const window_position &at,
		  const round_trace &trace, tried_walk *walk)
{
	for (u32 number = 0; number < targets.size(); number++) {
		const target &t = targets[number];
		const region_table &regions = t.regions;

		if (t.gone)
			continue;
		for (u32 i = 0; i < regions.count(); i++) {
			tried_region region{regions.range(i),
					    regions.moving_sum(i, at.left, at.length),
					    regions.age(i)};
			if (!matches(s.wanted.pattern, region))
				continue;
			trace.before_apply(number, regions, region);
			if (walk && regions.has_hits())
				add_hits(region, regions.hits(i), at);
			s.stats.nr_tried++;
			s.stats.sz_tried += region.range.size();
			if (walk)
				walk->add(index, region);
		}
	}
	s.stats.nr_snapshots++;
}

} // namespace

void tried_walk::add(u32 scheme, const tried_region &region)
{
	if (scheme >= out_.size() || out_[scheme].complete)
		return;

	tried_of_scheme &tried = out_[scheme];
	tried.total_bytes += region.range.size();
	if (with_regions_)
		tried.regions.push(region);
}

void tried_walk::finish(u32 scheme)
{
	if (scheme >= out_.size() || out_[scheme].complete)
		return;
	out_[scheme].complete = true;
	nr_finished_++;
}

bool tried_walk::fits(u32 nr_schemes, u32 nr_regions) const
{
	return nr_schemes == out_.size() && nr_schemes > 0 &&
	       (!with_regions_ || out_[0].regions.capacity() >= nr_regions);
}

void apply_schemes(span<scheme> schemes, span<target> targets, const monitoring_attrs &attrs,
		   u64 unit_bytes, const window_position &at, tried_walk *walk)
{
	for (u32 i = 0; i < schemes.size(); i++) {
		scheme &s = schemes[i];

		if (!s.due(at.now_samples))
			continue;
		s.schedule(at.now_samples, attrs);
		const round_trace trace{i, unit_bytes};
		if (!s.exhausted())
			apply_scheme(s, i, targets, at, trace, walk);
		trace.after(s.stats);
		if (walk)
			walk->finish(i);
	}
}

} // namespace damon
