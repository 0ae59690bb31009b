// SPDX-License-Identifier: GPL-2.0
#include "kunit/torture/checker.hh"
#include "core/region/ranges.hh"

namespace damon::torture {

namespace {

constexpr u64 highest_user_address = u64{1} << 57;

bool aligned(const addr_range &range)
{
	return range.start % page_bytes == 0 && range.end % page_bytes == 0;
}

// Whether the regions of every target stay within the ranges that the user gave.
bool ranges_are_fixed(const plan &told)
{
	if (told.operations != operations_id::fvaddr)
		return false;
	for (u32 i = 0; i < told.nr_targets; i++)
		if (!told.targets[i].nr_ranges)
			return false;
	return true;
}

bool inside_given(const plan &told, const addr_range &region)
{
	for (u32 i = 0; i < told.nr_targets; i++) {
		const target_plan &target = told.targets[i];

		for (u32 n = 0; n < target.nr_ranges; n++) {
			const addr_range given = page_aligned(target.ranges[n]);

			if (given.start <= region.start && region.end <= given.end)
				return true;
		}
	}
	return false;
}

// Whether the apply passes of all schemes begin at the ends of aggregations.
bool applies_at_aggregation_end(const plan &told)
{
	for (u32 i = 0; i < told.nr_schemes; i++)
		if (told.schemes[i].apply_interval_us)
			return false;
	return true;
}

} // namespace

void checker::stats(const vec<scheme_stats> &answer, const sight &seen, bool exact) const
{
	for (const scheme_stats &s : answer) {
		MUST(*this, s.sz_tried >= s.nr_tried * page_bytes);
		MUST(*this, (s.nr_tried == 0) == (s.sz_tried == 0));
		// The action is stat without filters: it applies to nothing.
		MUST(*this, s.nr_applied == 0 && s.sz_applied == 0 && s.qt_exceeds == 0);
	}
	if (!exact || !MUST(*this, answer.size() == seen.told.nr_schemes))
		return;
	for (u32 i = 0; i < answer.size(); i++) {
		const scheme_stats &floor = seen.floor[i];
		const u64 most = seen.told.schemes[i].max_nr_snapshots;

		MUST(*this, answer[i].nr_tried >= floor.nr_tried);
		MUST(*this, answer[i].sz_tried >= floor.sz_tried);
		MUST(*this, answer[i].nr_snapshots >= floor.nr_snapshots);
		if (seen.fresh && most && floor.nr_snapshots >= most)
			MUST(*this, answer[i].nr_snapshots == floor.nr_snapshots);
	}
}

// Regions must be in address order, target by target; two targets may have the same addresses.
void checker::regions(const tried_of_scheme &scheme, u32 nr_targets) const
{
	u64 sum = 0;
	u32 runs = 0;
	u64 free_from = u64_max;

	for (const tried_region &region : scheme.regions) {
		MUST(*this, !region.range.empty() && aligned(region.range));
		MUST(*this, region.range.end <= highest_user_address);
		if (region.range.start < free_from)
			runs++;
		free_from = region.range.end;
		sum += region.range.size();
	}
	MUST(*this, runs <= nr_targets);
	MUST(*this, sum == scheme.total_bytes);
}

void checker::matches(const vec<tried_region> &regions, const plan &told,
		      const access_pattern &pattern) const
{
	const bool fixed = ranges_are_fixed(told);

	for (const tried_region &region : regions) {
		MUST(*this, pattern.size_bytes.has(region.range.size()));
		MUST(*this, pattern.nr_accesses.has(region.nr_accesses));
		MUST(*this, pattern.age.has(region.age));
		MUST(*this, region.nr_accesses <= told.attrs.samples_per_aggregation());
		MUST(*this, !fixed || inside_given(told, region.range));
	}
}

void checker::tried(const tried_regions &answer, bool with_regions, const sight &seen, bool exact,
		    bool settled) const
{
	MUST(*this, !answer.empty() && answer.size() <= max_schemes);
	for (const tried_of_scheme &scheme : answer) {
		MUST(*this, scheme.complete);
		if (with_regions)
			regions(scheme, exact ? seen.told.nr_targets : max_targets);
		else
			MUST(*this, scheme.regions.empty());
	}
	if (!exact || !MUST(*this, answer.size() == seen.told.nr_schemes))
		return;
	for (u32 i = 0; i < answer.size(); i++) {
		const vec<tried_region> &found = answer[i].regions;

		matches(found, seen.told, seen.told.schemes[i].pattern);
		MUST(*this, found.size() <= seen.table_capacity * seen.told.nr_targets);
		if (settled && applies_at_aggregation_end(seen.told))
			MUST(*this, found.size() <= seen.told.most_regions());
	}
}

} // namespace damon::torture
