// SPDX-License-Identifier: GPL-2.0
// monitoring_attrs/probes: attribute probes, which test sampled pages beside accesses.
#pragma once
#include "core/region/attribute_probe.hh"
#include "sysfs/tree.hh"

namespace damon {

inline constexpr cell probe_filter_cells[] = {
	keyword_cell("type",
		"What is tested.  ``anon``: the page is anonymous; ``memcg``: it is charged to "
		"cgroup ``path``; ``hugepage_size``: its folio has ``min`` to ``max`` bytes; "
		"``pgidle_unset``: it was accessed since the sample began; ``pgidle_set``: it was "
		"not.",
		attribute_names),
	bool_cell("matching", "Result of the test that is a match."),
	bool_cell("allow", "``Y``: a match is a hit.  ``N``: a match is no hit."),
	text_cell("path",
		"Cgroup of type ``memcg``: its path in the unified hierarchy as the writer of "
		"``on`` or ``commit`` sees it, such as ``/workloads/a``."),
	ulong_cell("min", "Minimum of type ``hugepage_size`` in bytes, inclusive."),
	ulong_cell("max", "Maximum of type ``hugepage_size`` in bytes, inclusive."),
};
extern kind probe_filter_kind;

inline constexpr cell probe_filters_cells[] = {
	count_cell("nr_filters", "Number of filters."),
};
extern kind probe_filters_kind;

inline constexpr const char *prep_action_names[] = {"set_pgidle"};
inline constexpr cell prep_cells[] = {
	keyword_cell("prep_action",
		"``set_pgidle``: forget past accesses of the page.",
		prep_action_names),
};
extern kind prep_kind;

inline constexpr cell preps_cells[] = {
	count_cell("nr_preps", "Number of preparations."),
};
extern kind preps_kind;

inline constexpr cell probe_cells[] = {
	uint_cell("weight",
		"Score of a hit.  If any weight is not 0, regions are formed by scores instead of "
		"accesses, and ``nr_accesses`` is 0."),
};
inline constexpr fixed_child probe_children[] = {
	{"preps", &preps_kind},
	{"filters", &probe_filters_kind},
};
extern kind probe_kind;

inline constexpr cell probes_cells[] = {
	count_cell("nr_probes", "Number of probes."),
};
extern kind probes_kind;

// Builds the probes from the staged values in @dir, a probes directory.  Resolves paths of memory
// cgroups as the caller sees them.  inval or opnotsupp with the reason in @why; nomem.
result<vec<attribute_probe>> build_probes(const tree_guard &tree, const node &dir, report &why);

} // namespace damon
