// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/{core_filters,ops_filters,filters}: which matching memory the action may apply to.
#pragma once
#include "damonxx/lib/report.hh"
#include "schemes/filter.hh"
#include "sysfs/tree.hh"

namespace damon {

// Whether the filters directory above @dir accepts the type.
bool takes_type(const node &dir, u64 type);

// A new filter has type anon, also in core_filters, which does not accept that type.
inline constexpr cell filter_cells[] = {
	only_if(keyword_cell("type",
		"What is tested; EINVAL for a type of the other layer.  Of a region, in "
		"``core_filters`` and ``filters``: ``addr``, it is within ``addr_start`` to "
		"``addr_end``; ``target``, it belongs to target ``damon_target_idx``; "
		"``probe_hits_wsum``, the sum of its probe hits times weights is ``min`` to "
		"``max``.  Of a folio, in ``ops_filters`` and ``filters``: ``anon``, it is "
		"anonymous; ``memcg``, it is charged to cgroup ``memcg_path``; ``young``, it was "
		"accessed since the last such test; ``hugepage_size``, it has ``min`` to ``max`` "
		"bytes; ``unmapped``, no page table maps it; ``active``, it is on an active LRU "
		"list; ``node``, it is on one of nodes ``min`` to ``max``.",
		filter_type_names), takes_type),
	bool_cell("matching", "Result of the test that is a match."),
	bool_cell("allow",
		"``Y``: the action may be applied to what matches.  ``N``: what matches is left "
		"alone."),
	text_cell("memcg_path",
		"Path of the cgroup of type ``memcg``, in the format of the filter of a probe."),
	ulong_cell("addr_start", "Start address of type ``addr`` in units of ``addr_unit``."),
	ulong_cell("addr_end",
		"End address of type ``addr`` in units of ``addr_unit``, exclusive."),
	ulong_cell("min",
		"Minimum of types ``hugepage_size`` (bytes), ``node`` and ``probe_hits_wsum``, "
		"inclusive."),
	ulong_cell("max", "Maximum of the same types, inclusive."),
	int_cell("damon_target_idx", "Number of the target of type ``target``."),
};
extern kind filter_kind;

inline constexpr cell filters_cells[] = {
	count_cell("nr_filters", "Number of filters."),
};
extern kind core_filters_kind;
extern kind ops_filters_kind;
extern kind filters_kind;	// for both layers

struct filter_lists {
	vec<filter> core;
	vec<filter> ops;
};

// Builds the filters from the staged values in core_filters, ops_filters and filters, in this
// order.  @scheme_dir is the directory of a scheme whose addresses are in units of @unit bytes.
// Resolves paths of memory cgroups as the caller sees them.  inval or opnotsupp with the reason in
// @why; nomem.
result<filter_lists> build_filters(const tree_guard &tree, const node &scheme_dir, u64 unit,
				   report &why);

} // namespace damon
