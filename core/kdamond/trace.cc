// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/trace.hh"

namespace damon {

namespace {

void emit_region(const kapi_trace_region &region, const hit_counters &hits, u32 nr_probes)
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
			emit_region({number, range.start / config.addr_unit,
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

} // namespace damon
