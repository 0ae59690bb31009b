// SPDX-License-Identifier: GPL-2.0
#include "sysfs/filters.hh"
#include "damonxx/lib/math.hh"
#include "sysfs/memcg_path.hh"
#include "sysfs/schemes.hh"

namespace damon {

namespace {

constexpr auto &rows = filter_cells;

filter_type type_of(const node &dir)
{
	return static_cast<filter_type>(dir.value(cell_of(rows, "type")));
}

result<addr_range> build_range(const node &dir, u64 unit, report &why)
{
	const u64 start = dir.value(cell_of(rows, "addr_start"));
	u64 start_bytes = 0;

	if (__builtin_mul_overflow(start, unit, &start_bytes))
		return why.fail(errc::inval, "addr_start", start, " units are beyond all addresses");
	return addr_range{start_bytes,
			  saturating_mul(dir.value(cell_of(rows, "addr_end")), unit)};
}

result<filter> build_filter(const tree_guard &tree, const node &dir, const char *directory,
			    u64 unit, report &why)
{
	filter wanted{
		.type = type_of(dir),
		.matching = dir.value(cell_of(rows, "matching")) != 0,
		.allow = dir.value(cell_of(rows, "allow")) != 0,
		.limits = {
			.min = dir.value(cell_of(rows, "min")),
			.max = dir.value(cell_of(rows, "max")),
		},
		.target_index = static_cast<s32>(
			static_cast<u32>(dir.value(cell_of(rows, "damon_target_idx")))),
		.directory = directory,
		.number = dir.index(),
	};

	if (!takes_type(dir, static_cast<u64>(wanted.type)))
		return why.fail(errc::inval, "type",
				"is still anon, which is not for this layer; write addr, target or "
				"probe_hits_wsum");
	if (wanted.type == filter_type::memcg)
		wanted.memcg = TRY(find_memcg(dir.text(tree, cell_of(rows, "memcg_path")),
					      "memcg_path", "type", why));
	if (wanted.type == filter_type::addr)
		wanted.range = TRY(build_range(dir, unit, why));
	return wanted;
}

// Appends the filters in @dir, the directory @name, to @lists.
status add_filters(const tree_guard &tree, filter_lists &lists, const node &dir, const char *name,
		   u64 unit, report &why)
{
	for (u32 i = 0; i < dir.count(); i++) {
		report::at here{why, name, i};
		const filter wanted = TRY(build_filter(tree, dir.numbered(i), name, unit, why));

		TRY((is_for_regions(wanted.type) ? lists.core : lists.ops).try_push(wanted));
	}
	return ok;
}

} // namespace

bool takes_type(const node &dir, u64 type)
{
	const bool for_regions = is_for_regions(static_cast<filter_type>(type));

	if (dir.above(core_filters_kind))
		return for_regions;
	return !for_regions || !dir.above(ops_filters_kind);
}

constinit kind filter_kind{
	.about = "A filter of the scheme.",
	.cells = filter_cells,
};
constinit kind core_filters_kind{
	.about = "Filters of regions, in order of evaluation: the first match decides.",
	.cells = filters_cells,
	.numbered = {.of = &filter_kind},
};
constinit kind ops_filters_kind{
	.about = "Filters of folios, in order of evaluation: the first match decides.",
	.cells = filters_cells,
	.numbered = {.of = &filter_kind},
};
constinit kind filters_kind{
	.about =
		"Filters of regions and folios, evaluated after ``core_filters`` and "
		"``ops_filters``.",
	.cells = filters_cells,
	.numbered = {.of = &filter_kind},
};

result<filter_lists> build_filters(const tree_guard &tree, const node &scheme_dir, u64 unit,
				   report &why)
{
	constexpr struct {
		const char *name;
		u32 child;
	} in_order[] = {
		{"core_filters", child_of(scheme_children, "core_filters")},
		{"ops_filters", child_of(scheme_children, "ops_filters")},
		{"filters", child_of(scheme_children, "filters")},
	};
	filter_lists lists;

	for (const auto &one : in_order)
		TRY(add_filters(tree, lists, scheme_dir.child(one.child), one.name, unit, why));
	return lists;
}

} // namespace damon
