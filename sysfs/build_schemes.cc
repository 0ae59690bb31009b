// SPDX-License-Identifier: GPL-2.0
#include "sysfs/build_schemes.hh"
#include "damonxx/lib/math.hh"
#include "sysfs/schemes.hh"

namespace damon {

namespace {

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

access_pattern build_pattern(const node &dir, u64 unit)
{
	constexpr auto &rows = access_pattern_children;
	const bounds<u64> size = build_bounds(dir, child_of(rows, "sz"));

	return {
		.size_bytes = {saturating_mul(size.min, unit), saturating_mul(size.max, unit)},
		.nr_accesses = saturate(build_bounds(dir, child_of(rows, "nr_accesses"))),
		.age = saturate(build_bounds(dir, child_of(rows, "age"))),
	};
}

result<scheme_inputs> build_scheme(const tree_guard &tree, const node &dir, u64 unit, report &why)
{
	constexpr auto &rows = scheme_children;
	const node &stats = dir.child(child_of(rows, "stats"));
	scheme_inputs in;

	in.action = static_cast<action>(dir.value(cell_of(scheme_cells, "action")));
	in.target_nid =
		static_cast<s32>(static_cast<u32>(dir.value(cell_of(scheme_cells, "target_nid"))));
	in.pattern = build_pattern(dir.child(child_of(rows, "access_pattern")), unit);
	in.apply_interval_us = dir.value(cell_of(scheme_cells, "apply_interval_us"));
	in.destinations = TRY(build_destinations(tree, dir.child(child_of(rows, "dests"))));
	in.quota = TRY(build_quota(tree, dir.child(child_of(rows, "quotas")), unit, why));
	in.watermarks = build_watermarks(dir.child(child_of(rows, "watermarks")));
	filter_lists filters = TRY(build_filters(tree, dir, unit, why));
	in.core_filters = move(filters.core);
	in.ops_filters = move(filters.ops);
	in.max_nr_snapshots = stats.value(cell_of(stats_cells, "max_nr_snapshots"));
	return in;
}

} // namespace

result<vec<scheme_inputs>> build_schemes(const tree_guard &tree, const node &dir, u64 unit,
					 report &why)
{
	vec<scheme_inputs> schemes;

	TRY(schemes.reserve(dir.count()));
	for (u32 i = 0; i < dir.count(); i++) {
		report::at here{why, "schemes", i};
		schemes.push(TRY(build_scheme(tree, dir.numbered(i), unit, why)));
	}
	return schemes;
}

result<vec<vec<goal>>> build_goals_of_schemes(const tree_guard &tree, const node &dir, report &why)
{
	vec<vec<goal>> goals;

	TRY(goals.reserve(dir.count()));
	for (u32 i = 0; i < dir.count(); i++) {
		report::at here{why, "schemes", i};
		const node &scheme_dir = dir.numbered(i);
		goals.push(TRY(build_quota_goals(
			tree, scheme_dir.child(child_of(scheme_children, "quotas")), why)));
	}
	return goals;
}

} // namespace damon
