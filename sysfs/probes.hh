// SPDX-License-Identifier: GPL-2.0
// monitoring_attrs/probes: what else to ask about sampled pages, besides accesses.
#pragma once
#include "core/region/attribute_probe.hh"
#include "sysfs/tree.hh"

namespace damon {

inline constexpr cell probe_filter_cells[] = {
	keyword_cell("type", attribute_names),
	bool_cell("matching"),
	bool_cell("allow"),
	text_cell("path"),
	ulong_cell("min"),
	ulong_cell("max"),
};
extern kind probe_filter_kind;

inline constexpr cell probe_filters_cells[] = {
	count_cell("nr_filters"),
};
extern kind probe_filters_kind;

inline constexpr const char *prep_action_names[] = {"set_pgidle"};
inline constexpr cell prep_cells[] = {
	keyword_cell("prep_action", prep_action_names),
};
extern kind prep_kind;

inline constexpr cell preps_cells[] = {
	count_cell("nr_preps"),
};
extern kind preps_kind;

inline constexpr cell probe_cells[] = {
	uint_cell("weight"),
};
inline constexpr fixed_child probe_children[] = {
	{"preps", &preps_kind},
	{"filters", &probe_filters_kind},
};
extern kind probe_kind;

inline constexpr cell probes_cells[] = {
	count_cell("nr_probes"),
};
extern kind probes_kind;

// From the staged values below @dir, a probes directory.  Paths of memory cgroups are resolved
// here, as the caller sees them.  inval or opnotsupp with the reason in @why; nomem.  Gate held.
result<vec<attribute_probe>> build_probes(const node &dir, report &why);

} // namespace damon
