// SPDX-License-Identifier: GPL-2.0
#include "schemes/trace.hh"

namespace damon {

void trace_effective_size(u32 scheme, u64 size)
{
	kapi_trace_damos_esz(scheme, size);
}

void pass_trace::before_apply(u32 target, const region_table &regions,
			      const tried_region &region) const
{
	const kapi_trace_region told{target,
				     region.range.start / unit_bytes_,
				     region.range.end / unit_bytes_,
				     regions.count(),
				     region.nr_accesses,
				     region.age};

	kapi_trace_damos_before_apply(scheme_, &told);
}

void pass_trace::after(const scheme_stats &stats) const
{
	if (!kapi_trace_enabled(KAPI_TRACE_STAT_AFTER_APPLY)) [[likely]]
		return;

	const scheme_stats in = stats.in_units(unit_bytes_);
	const kapi_trace_stats told{in.nr_tried,
				    in.sz_tried,
				    in.nr_applied,
				    in.sz_applied,
				    in.sz_ops_filter_passed,
				    in.qt_exceeds,
				    in.nr_snapshots};
	kapi_trace_damos_stat_after_apply_interval(scheme_, &told);
}

} // namespace damon
