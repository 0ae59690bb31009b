// SPDX-License-Identifier: GPL-2.0
#include "core/region/attribute_probe.hh"

namespace damon {

namespace {

bool asks_for_accesses(attribute type)
{
	return type == attribute::pgidle_unset || type == attribute::pgidle_set;
}

// A page without a folio (nr_pages 0) has none of the folio's attributes.
bool has(const sampled_page &sampled, const attribute_filter &filter)
{
	const kapi_page &page = sampled.page;

	switch (filter.type) {
	case attribute::anon:
		return page.nr_pages && page.anon;
	case attribute::memcg:
		return page.nr_pages && page.memcg == filter.memcg;
	case attribute::pgidle_unset:
		return sampled.outcome == KAPI_ACCESSED;
	case attribute::pgidle_set:
		return sampled.outcome == KAPI_IDLE;
	case attribute::hugepage_size:
		return page.nr_pages && filter.size_bytes.has(page.nr_pages * page_bytes);
	}
	return false;
}

status validate_filters(const attribute_probe &probe, bool tests_accesses, report &why)
{
	for (u32 i = 0; i < probe.filters.size(); i++) {
		const attribute_filter &filter = probe.filters[i];
		report::at here{why, "filters", i};

		if (filter.type == attribute::hugepage_size &&
		    filter.size_bytes.max < filter.size_bytes.min)
			return why.fail(errc::inval, "max", filter.size_bytes.max,
					" is below min ", filter.size_bytes.min);
		if (asks_for_accesses(filter.type) && !tests_accesses)
			return why.fail(errc::inval, "type",
					attribute_names[static_cast<u32>(filter.type)],
					" needs a probe with the prep set_pgidle where weights "
					"replace the access check");
	}
	return ok;
}

// Hit counters have 8 bits, scores 32 bits.
status validate_weights(const probe_weights &weights, u32 samples, report &why)
{
	u64 sum = 0;

	if (samples > 255)
		return why.fail(errc::inval, "probes", "weights need at most 255 samples in "
				"aggr_us, and there are ", samples);
	for (u32 weight : weights.of)
		sum += weight;
	if (sum * samples > u32_max)
		return why.fail(errc::inval, "probes", "sum of weights ", sum, " times ", samples,
				" samples is above ", u32_max);
	return ok;
}

} // namespace

bool attribute_filter::matches(const sampled_page &sampled) const
{
	return has(sampled, *this) == matching;
}

bool attribute_probe::hit_by(const sampled_page &sampled) const
{
	bool otherwise = true;

	for (const attribute_filter &filter : filters) {
		if (filter.matches(sampled))
			return filter.allow;
		otherwise = !filter.allow;
	}
	return otherwise;
}

sampling_mode sampling_mode::of(span<const attribute_probe> probes)
{
	sampling_mode all;

	for (u32 i = 0; i < probes.size() && i < max_probes; i++)
		all.weights.of[i] = probes[i].weight;
	all.counts_accesses = !all.weights.any();
	all.tests_accesses = all.counts_accesses;
	for (const attribute_probe &probe : probes) {
		all.tests_accesses |= probe.sets_idle;
		for (const attribute_filter &filter : probe.filters)
			all.describes_pages |= !asks_for_accesses(filter.type);
	}
	return all;
}

status validate_probes(span<const attribute_probe> probes, const monitoring_attrs &attrs,
		       report &why)
{
	const sampling_mode all = sampling_mode::of(probes);

	if (probes.size() > max_probes)
		return why.fail(errc::inval, "probes", "there are ", probes.size(),
				", which is above ", max_probes);
	if (!all.counts_accesses)
		TRY(validate_weights(all.weights, attrs.samples_per_aggregation(), why));
	for (u32 i = 0; i < probes.size(); i++) {
		report::at here{why, "probes", i};
		TRY(validate_filters(probes[i], all.tests_accesses, why));
	}
	return ok;
}

} // namespace damon
