// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/{core_filters,ops_filters,filters}: what of the matching memory to leave alone.
#pragma once
#include "damonxx/lib/report.hh"
#include "schemes/filter.hh"
#include "sysfs/tree.hh"

namespace damon {

// Whether the directory of filters above @dir takes the type.
bool takes_type(const node &dir, u64 type);

// A new one is of type anon also where that type cannot be written.
inline constexpr cell filter_cells[] = {
	only_if(keyword_cell("type", filter_type_names), takes_type),
	bool_cell("matching"),
	bool_cell("allow"),
	text_cell("memcg_path"),
	ulong_cell("addr_start"),
	ulong_cell("addr_end"),
	ulong_cell("min"),
	ulong_cell("max"),
	int_cell("damon_target_idx"),
};
extern kind filter_kind;

inline constexpr cell filters_cells[] = {
	count_cell("nr_filters"),
};
extern kind core_filters_kind;
extern kind ops_filters_kind;
extern kind filters_kind;	// for both layers

struct filter_lists {
	vec<filter> core;
	vec<filter> ops;
};

// From the staged values below @scheme_dir, the directory of a scheme whose addresses are in
// units of so many bytes: core_filters, ops_filters and filters, in this order.  Paths of
// memory cgroups are resolved here, as the caller sees them.  inval or opnotsupp with the
// reason in @why; nomem.  Gate held.
result<filter_lists> build_filters(const node &scheme_dir, u64 unit, report &why);

} // namespace damon
