// SPDX-License-Identifier: GPL-2.0
#include "sysfs/probes.hh"
#include "sysfs/memcg_path.hh"

namespace damon {

namespace {

result<attribute_filter> build_filter(const tree_guard &tree, const node &dir, report &why)
{
	attribute_filter filter{
		.type = static_cast<attribute>(dir.value(cell_of(probe_filter_cells, "type"))),
		.matching = dir.value(cell_of(probe_filter_cells, "matching")) != 0,
		.allow = dir.value(cell_of(probe_filter_cells, "allow")) != 0,
		.size_bytes = {
			.min = dir.value(cell_of(probe_filter_cells, "min")),
			.max = dir.value(cell_of(probe_filter_cells, "max")),
		},
	};

	if (filter.type == attribute::memcg)
		filter.memcg = TRY(find_memcg(dir.text(tree, cell_of(probe_filter_cells, "path")),
					      "path", "type", why));
	return filter;
}

// set_pgidle is the only prep action, so any preparation sets it.
result<attribute_probe> build_probe(const tree_guard &tree, const node &dir, report &why)
{
	const node &filters = dir.child(child_of(probe_children, "filters"));
	attribute_probe probe;

	probe.weight = static_cast<u32>(dir.value(cell_of(probe_cells, "weight")));
	probe.sets_idle = dir.child(child_of(probe_children, "preps")).count() > 0;
	TRY(probe.filters.reserve(filters.count()));
	for (u32 i = 0; i < filters.count(); i++) {
		report::at here{why, "filters", i};
		probe.filters.push(TRY(build_filter(tree, filters.numbered(i), why)));
	}
	return probe;
}

} // namespace

constinit kind probe_filter_kind{
	.about = "A filter of the probe.",
	.cells = probe_filter_cells,
};
constinit kind probe_filters_kind{
	.about = "Filters of the probe, in order of evaluation: the first match decides.",
	.cells = probe_filters_cells,
	.numbered = {.of = &probe_filter_kind},
};
constinit kind prep_kind{
	.about = "A preparation.",
	.cells = prep_cells,
};
constinit kind preps_kind{
	.about = "Preparations of the sampled page at the start of each sample.",
	.cells = preps_cells,
	.numbered = {.of = &prep_kind},
};
constinit kind probe_kind{
	.about = "A probe.  It counts for each region how many sampled pages have an attribute.",
	.cells = probe_cells,
	.children = probe_children,
};
constinit kind probes_kind{
	.about = "Probes of data attributes, which samples test beside accesses.",
	.cells = probes_cells,
	.numbered = {.of = &probe_kind, .most = max_probes},
};

result<vec<attribute_probe>> build_probes(const tree_guard &tree, const node &dir, report &why)
{
	vec<attribute_probe> probes;

	TRY(probes.reserve(dir.count()));
	for (u32 i = 0; i < dir.count(); i++) {
		report::at here{why, "probes", i};
		probes.push(TRY(build_probe(tree, dir.numbered(i), why)));
	}
	return probes;
}

} // namespace damon
