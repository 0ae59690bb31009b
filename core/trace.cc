// SPDX-License-Identifier: GPL-2.0
#include "core/trace.hh"
#include "core/configuration.hh"

namespace damon {

namespace {

void tell_region(const kapi_trace_region &region, const hit_counters &hits, u32 nr_probes)
{
	kapi_trace_damon_aggregated(&region);
	if (nr_probes)
		kapi_trace_damon_region_aggregated(&region, hits.now, nr_probes);
}

} // namespace

void trace_aggregation(const configuration &config)
{
	if (!kapi_trace_enabled(KAPI_TRACE_AGGREGATED) &&
	    !kapi_trace_enabled(KAPI_TRACE_REGION_AGGREGATED)) [[likely]]
		return;
	for (u32 number = 0; number < config.targets.size(); number++) {
		const target &t = config.targets[number];
		const region_table &regions = t.regions;

		if (t.gone)
			continue;
		for (u32 i = 0; i < regions.count(); i++) {
			const addr_range range = regions.range(i);
			tell_region({number, range.start / config.addr_unit,
				     range.end / config.addr_unit, regions.count(),
				     regions.nr_accesses(i), regions.age(i)},
				    regions.hits(i), config.probes.size());
		}
	}
}

void trace_tuning(const monitoring_attrs &attrs)
{
	kapi_trace_damon_monitor_intervals_tune(attrs.sample_us);
}

void trace_effective_size(u32 scheme, u64 size)
{
	kapi_trace_damos_esz(scheme, size);
}

void pass_trace::before_apply(u32 target, const region_table &regions,
			      const tried_region &region) const
{
	const kapi_trace_region told{target, region.range.start / unit_bytes_,
				     region.range.end / unit_bytes_, regions.count(),
				     region.nr_accesses, region.age};

	kapi_trace_damos_before_apply(scheme_, &told);
}

void pass_trace::after(const scheme_stats &stats) const
{
	if (!kapi_trace_enabled(KAPI_TRACE_STAT_AFTER_APPLY)) [[likely]]
		return;

	const scheme_stats in = stats.in_units(unit_bytes_);
	const kapi_trace_stats told{in.nr_tried, in.sz_tried, in.nr_applied, in.sz_applied,
				    in.sz_ops_filter_passed, in.qt_exceeds, in.nr_snapshots};
	kapi_trace_damos_stat_after_apply_interval(scheme_, &told);
}

} // namespace damon
