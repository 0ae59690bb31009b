// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/configuration.hh"
#include "core/region/ranges.hh"

namespace damon {

namespace {

// Estimates how many regions the schemes split between two merges: where a quota is used up, where
// a pass resumes, and at the bounds of address filters.
u64 nr_cuts(span<const scheme_inputs> schemes)
{
	u64 cuts = 0;

	for (const scheme_inputs &s : schemes) {
		cuts += s.quota.limits() ? 4 : 0;
		for (const filter &f : s.core_filters)
			cuts += f.type == filter_type::addr ? 2 : 0;
	}
	return cuts;
}

// The capacity of a region table: the maximum after splitting, the regions that enforcing the
// minimum and schemes may add, and room to update the ranges in place.
u32 capacity_needed(const monitoring_attrs &attrs, u64 ranges, u64 cuts)
{
	const u64 split = saturating_add(max(attrs.max_nr_regions, ranges), attrs.min_nr_regions);

	return saturate_u32(saturating_add(split, 2 * ranges + cuts + 8));
}

// Each range takes at least one region; half of max_nr_regions is left for splitting the ranges.
u32 most_ranges(const configuration &config)
{
	const u64 wanted = max(config.attrs.max_nr_regions / 2, u64{3});

	return saturate_u32(min(wanted, u64{config.ops->max_ranges}));
}

// Reserves memory for the regions of target @index, unless take_results() can take over the table
// of the target it replaces: that is large enough and has hit counters if and only if needed.
status reserve_regions(target &t, u32 index, u32 needed, bool with_hits,
		       const configuration *running)
{
	if (running && index < running->targets.size()) {
		const region_table &before = running->targets[index].regions;
		if (before.capacity() >= needed && before.has_hits() == with_hits)
			return ok;
		needed = max(needed, before.capacity());
	}
	return t.regions.reserve(needed, with_hits);
}

// Adds target @index.  Not inline: both frames together would be too large for a kernel stack.
[[gnu::noinline]] status add_target(configuration &fresh, target_inputs &in, u32 index, u64 cuts,
				    const configuration *running)
{
	fresh.targets.push({});
	target &t = fresh.targets.back();

	t.pid = move(in.pid);
	t.pid_number = in.pid_number;
	t.successor_of = index;
	t.ranges = move(in.ranges);
	for (addr_range &range : t.ranges)
		range = page_aligned(range);
	TRY(t.found.reserve(most_ranges(fresh)));
	const u32 nr_ranges = max(t.ranges.size(), t.found.capacity());
	TRY(reserve_regions(t, index, capacity_needed(fresh.attrs, nr_ranges, cuts),
			    !fresh.probes.empty(), running));
	t.regions.score_by(fresh.sampling.weights);
	return ok;
}

} // namespace

result<own<configuration>> configuration::build(inputs in, const configuration *running,
						report &why)
{
	TRY(in.validate(why));

	auto fresh = TRY(make_own<configuration>());
	fresh->id = in.operations;
	fresh->ops = &operations_of(in.operations);
	fresh->addr_unit = in.addr_unit;
	fresh->paused = in.paused;
	fresh->attrs = in.attrs;
	fresh->probes = move(in.probes);
	fresh->sampling = sampling_mode::of(fresh->probes.all());
	const u64 cuts = nr_cuts(in.schemes.all());
	TRY(fresh->targets.reserve(in.targets.size()));
	for (u32 i = 0; i < in.targets.size(); i++) {
		if (running && in.targets[i].obsolete) {
			report::at here{why, "targets", i};
			if (i >= running->targets.size())
				return why.fail(errc::inval, "obsolete_target",
						"there is no such target to remove");
			continue;
		}
		TRY(add_target(*fresh, in.targets[i], i, cuts, running));
	}
	TRY(fresh->schemes.resize(in.schemes.size()));
	for (u32 i = 0; i < in.schemes.size(); i++)
		TRY(fresh->schemes[i].build(in.schemes[i], fresh->id == operations_id::paddr));
	return fresh;
}

void configuration::take_results(configuration &old)
{
	for (target &t : targets) {
		if (t.successor_of >= old.targets.size())
			continue;
		target &before = old.targets[t.successor_of];
		const bool same = id == old.id && t.pid.get() == before.pid.get();

		// No memory was reserved, to take over the old table.
		if (!t.regions.capacity())
			t.regions.swap(before.regions);
		else if (same)
			t.regions.copy_from(before.regions);
		t.regions.score_by(sampling.weights);
		t.regions.forget_hits(min(probes.size(), old.probes.size()));
		if (!same)
			t.regions.reset({});
		else if (!t.ranges.empty())
			t.regions.set_ranges(t.ranges.all());
	}
	for (u32 i = 0; i < min(schemes.size(), old.schemes.size()); i++) {
		scheme &s = schemes[i];

		s.take_results(old.schemes[i]);
		for (scan_position *known : {&s.pass.acted, &s.pass.resume}) {
			known->target = successor(old, known->target);
			known->known &= known->target < targets.size();
		}
	}
}

u32 configuration::successor(const configuration &old, u32 before) const
{
	for (u32 i = 0; i < targets.size() && id == old.id && before < old.targets.size(); i++)
		if (targets[i].successor_of == before &&
		    targets[i].pid.get() == old.targets[before].pid.get())
			return i;
	return targets.size();
}

u32 configuration::nr_regions() const
{
	return nr_regions_of(targets.all());
}

u32 configuration::region_capacity() const
{
	u64 sum = 0;

	for (const target &t : targets)
		sum += t.regions.capacity();
	return saturate_u32(sum);
}

} // namespace damon
