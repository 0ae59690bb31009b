// SPDX-License-Identifier: GPL-2.0
#include "sysfs/build_inputs.hh"
#include "damonxx/math.hh"
#include "sysfs/contexts.hh"

namespace damon {

namespace {

monitoring_attrs build_attrs(const node &dir)
{
	const node &intervals = dir.child(child_of(monitoring_attrs_children, "intervals"));
	const node &nr_regions = dir.child(child_of(monitoring_attrs_children, "nr_regions"));

	return {
		.sample_us = intervals.value(cell_of(intervals_cells, "sample_us")),
		.aggr_us = intervals.value(cell_of(intervals_cells, "aggr_us")),
		.update_us = intervals.value(cell_of(intervals_cells, "update_us")),
		.min_nr_regions = nr_regions.value(cell_of(nr_regions_cells, "min")),
		.max_nr_regions = nr_regions.value(cell_of(nr_regions_cells, "max")),
	};
}

result<vec<addr_range>> build_ranges(const node &dir)
{
	vec<addr_range> ranges;

	TRY(ranges.reserve(dir.count()));
	for (u32 i = 0; i < dir.count(); i++)
		ranges.push({
			.start = dir.numbered(i).value(cell_of(initial_region_cells, "start")),
			.end = dir.numbered(i).value(cell_of(initial_region_cells, "end")),
		});
	return ranges;
}

result<target_inputs> build_target(const node &dir, operations_id operations, report &why)
{
	const u64 written = dir.value(cell_of(target_cells, "pid_target"));
	target_inputs in;

	in.pid_number = static_cast<s32>(static_cast<u32>(written));
	if (operations != operations_id::paddr) {
		in.pid = pid_ref{kapi_pid_get(in.pid_number)};
		if (!in.pid)
			return why.fail(errc::inval, "pid_target", "no process ", in.pid_number);
	}
	in.ranges = TRY(build_ranges(dir.child(child_of(target_children, "regions"))));
	return in;
}

bounds<u64> build_bounds(const node &pattern, u32 child)
{
	const node &dir = pattern.child(child);

	return {
		.min = dir.value(cell_of(bounds_cells, "min")),
		.max = dir.value(cell_of(bounds_cells, "max")),
	};
}

bounds<u32> saturate(bounds<u64> wide)
{
	return {.min = saturate_u32(wide.min), .max = saturate_u32(wide.max)};
}

access_pattern build_pattern(const node &dir)
{
	constexpr auto &rows = access_pattern_children;

	return {
		.size_bytes = build_bounds(dir, child_of(rows, "sz")),
		.nr_accesses = saturate(build_bounds(dir, child_of(rows, "nr_accesses"))),
		.age = saturate(build_bounds(dir, child_of(rows, "age"))),
	};
}

scheme_inputs build_scheme(const node &dir)
{
	const node &stats = dir.child(child_of(scheme_children, "stats"));
	const node &pattern = dir.child(child_of(scheme_children, "access_pattern"));

	return {
		.action = static_cast<action>(dir.value(cell_of(scheme_cells, "action"))),
		.pattern = build_pattern(pattern),
		.apply_interval_us = dir.value(cell_of(scheme_cells, "apply_interval_us")),
		.max_nr_snapshots = stats.value(cell_of(stats_cells, "max_nr_snapshots")),
	};
}

} // namespace

result<inputs> build_inputs(const node &dir, report &why)
{
	const node &attrs = dir.child(child_of(context_children, "monitoring_attrs"));
	const node &targets = dir.child(child_of(context_children, "targets"));
	const node &schemes = dir.child(child_of(context_children, "schemes"));
	inputs in;

	in.operations = static_cast<operations_id>(dir.value(cell_of(context_cells, "operations")));
	in.attrs = build_attrs(attrs);
	TRY(in.targets.reserve(targets.count()));
	for (u32 i = 0; i < targets.count(); i++) {
		report::at here{why, "targets", i};
		in.targets.push(TRY(build_target(targets.numbered(i), in.operations, why)));
	}
	TRY(in.schemes.reserve(schemes.count()));
	for (u32 i = 0; i < schemes.count(); i++)
		in.schemes.push(build_scheme(schemes.numbered(i)));
	return in;
}

} // namespace damon
