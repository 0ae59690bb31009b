// SPDX-License-Identifier: GPL-2.0
#include "sysfs/build_inputs.hh"
#include "damonxx/lib/math.hh"
#include "sysfs/build_schemes.hh"
#include "sysfs/contexts.hh"

namespace damon {

namespace {

intervals_goal build_goal(const node &dir)
{
	return {
		.access_bp = dir.value(cell_of(intervals_goal_cells, "access_bp")),
		.aggrs = dir.value(cell_of(intervals_goal_cells, "aggrs")),
		.min_sample_us = dir.value(cell_of(intervals_goal_cells, "min_sample_us")),
		.max_sample_us = dir.value(cell_of(intervals_goal_cells, "max_sample_us")),
	};
}

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
		.goal = build_goal(intervals.child(child_of(intervals_children, "intervals_goal"))),
		.cpu_permil = dir.value(cell_of(monitoring_attrs_cells, "cpu_permil")),
	};
}

// addr_unit applies to physical memory only.
u64 build_unit(const node &dir, operations_id operations)
{
	return operations == operations_id::paddr ? dir.value(cell_of(context_cells, "addr_unit")) : 1;
}

result<vec<addr_range>> build_ranges(const node &dir, u64 unit, report &why)
{
	vec<addr_range> ranges;

	TRY(ranges.reserve(dir.count()));
	for (u32 i = 0; i < dir.count(); i++) {
		const u64 start = dir.numbered(i).value(cell_of(initial_region_cells, "start"));
		const u64 end = dir.numbered(i).value(cell_of(initial_region_cells, "end"));
		addr_range bytes;

		report::at here{why, "regions", i};
		if (__builtin_mul_overflow(start, unit, &bytes.start) ||
		    __builtin_mul_overflow(end, unit, &bytes.end))
			return why.fail(errc::inval, "end", end, " units are beyond all addresses");
		ranges.push(bytes);
	}
	return ranges;
}

result<target_inputs> build_target(const node &dir, const inputs &of, purpose use, report &why)
{
	const u64 written = dir.value(cell_of(target_cells, "pid_target"));
	target_inputs in;

	in.pid_number = static_cast<s32>(static_cast<u32>(written));
	in.obsolete = use == purpose::commit &&
		      dir.value(cell_of(target_cells, "obsolete_target")) != 0;
	// The process of an obsolete target may be gone already, so its PID is not resolved.
	if (in.obsolete)
		return in;
	if (of.operations != operations_id::paddr) {
		in.pid = pid_ref{kapi_pid_get(in.pid_number)};
		if (!in.pid)
			return why.fail(errc::inval, "pid_target", "no process ", in.pid_number);
	}
	in.ranges = TRY(build_ranges(dir.child(child_of(target_children, "regions")), of.addr_unit, why));
	return in;
}

} // namespace

result<inputs> build_inputs(const tree_guard &tree, const node &dir, purpose use, report &why)
{
	const node &attrs = dir.child(child_of(context_children, "monitoring_attrs"));
	const node &targets = dir.child(child_of(context_children, "targets"));
	const node &schemes = dir.child(child_of(context_children, "schemes"));
	inputs in;

	in.operations = static_cast<operations_id>(dir.value(cell_of(context_cells, "operations")));
	in.addr_unit = build_unit(dir, in.operations);
	in.paused = dir.value(cell_of(context_cells, "pause")) != 0;
	in.attrs = build_attrs(attrs);
	{
		report::at here{why, "monitoring_attrs"};
		in.probes = TRY(build_probes(
			tree, attrs.child(child_of(monitoring_attrs_children, "probes")), why));
	}
	TRY(in.targets.reserve(targets.count()));
	for (u32 i = 0; i < targets.count(); i++) {
		report::at here{why, "targets", i};
		in.targets.push(TRY(build_target(targets.numbered(i), in, use, why)));
	}
	in.schemes = TRY(build_schemes(tree, schemes, in.addr_unit, why));
	return in;
}

} // namespace damon
