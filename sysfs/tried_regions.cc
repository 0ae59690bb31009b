// SPDX-License-Identifier: GPL-2.0
#include "sysfs/tried_regions.hh"
#include "sysfs/schemes.hh"

namespace damon {

namespace {

node &tried_dir(node &schemes, u32 scheme)
{
	return schemes.numbered(scheme).child(child_of(scheme_children, "tried_regions"));
}

constexpr u32 probes_child = child_of(tried_region_children, "probes");

u32 nr_probes_in(const node &region_dir)
{
	return region_dir.has_child(probes_child) ? region_dir.child(probes_child).count() : 0;
}

// nomem, and the errors of kapi_dir_add(); a smaller @nr_probes cannot fail.
status resize_probes(const tree_guard &tree, node &region_dir, u32 nr_probes)
{
	if (!nr_probes) {
		region_dir.remove_child(tree, probes_child);
		return ok;
	}
	TRY(region_dir.add_child(tree, probes_child));
	return region_dir.child(probes_child).resize(tree, nr_probes);
}

// Reduces the probes of every region in @dir to at most @nr_probes.
void shrink_probes(const tree_guard &tree, node &dir, u32 nr_probes)
{
	for (u32 i = 0; i < dir.count(); i++)
		if (!nr_probes || nr_probes_in(dir.numbered(i)) > nr_probes)
			static_cast<void>(resize_probes(tree, dir.numbered(i), nr_probes));
}

status grow_probes(const tree_guard &tree, node &dir, u32 nr_probes)
{
	for (u32 i = 0; i < dir.count(); i++)
		if (nr_probes_in(dir.numbered(i)) < nr_probes)
			TRY(resize_probes(tree, dir.numbered(i), nr_probes));
	return ok;
}

void put(node &dir, const tried_region &region)
{
	for (u32 i = 0; i < nr_probes_in(dir); i++)
		dir.child(probes_child).numbered(i).set(cell_of(tried_probe_cells, "hits"),
							region.hits[i]);
	dir.set(cell_of(tried_region_cells, "start"), region.range.start);
	dir.set(cell_of(tried_region_cells, "end"), region.range.end);
	dir.set(cell_of(tried_region_cells, "nr_accesses"), region.nr_accesses);
	dir.set(cell_of(tried_region_cells, "age"), region.age);
	dir.set(cell_of(tried_region_cells, "sz_filter_passed"), region.sz_filter_passed);
}

// @count is not above the current number of directories, so resize() cannot fail.
void shrink(const tree_guard &tree, node &dir, u32 count)
{
	static_cast<void>(dir.resize(tree, count));
}

// make_room() has made enough directories, so this cannot fail.
void put(const tree_guard &tree, node &dir, const tried_of_scheme &tried)
{
	shrink(tree, dir, tried.regions.size());
	shrink_probes(tree, dir, tried.nr_probes);
	for (u32 i = 0; i < tried.regions.size(); i++)
		put(dir.numbered(i), tried.regions[i]);
	dir.set(cell_of(tried_regions_cells, "total_bytes"), tried.total_bytes);
}

status make_room(const tree_guard &tree, node &dir, const tried_of_scheme &tried)
{
	TRY(dir.resize(tree, max(dir.count(), tried.regions.size())));
	return grow_probes(tree, dir, tried.nr_probes);
}

// Makes at least as many directories as @all needs.  On failure their number is as before.
status make_room(const tree_guard &tree, node &schemes, span<const tried_of_scheme> all)
{
	struct extent {
		u32 regions, probes;
	};
	vec<extent> before;

	TRY(before.reserve(all.size()));
	for (u32 i = 0; i < all.size(); i++) {
		node &dir = tried_dir(schemes, i);
		before.push({dir.count(), dir.count() ? nr_probes_in(dir.numbered(0)) : 0});
		const status grown = make_room(tree, dir, all[i]);
		if (grown.is_ok())
			continue;
		for (u32 k = 0; k < before.size(); k++) {
			shrink(tree, tried_dir(schemes, k), before[k].regions);
			shrink_probes(tree, tried_dir(schemes, k), before[k].probes);
		}
		return grown;
	}
	return ok;
}

} // namespace

constinit kind tried_probe_kind{
	.about = "Hits of one probe.",
	.cells = tried_probe_cells,
};
constinit kind tried_probes_kind{
	.about =
		"Hits of probes in the region.  The directory exists only if the context has "
		"probes.",
	.numbered = {.of = &tried_probe_kind, .most = max_probes},
};
constinit kind tried_region_kind{
	.about = "A region that the action was tried on.",
	.cells = tried_region_cells,
	.children = tried_region_children,
};
constinit kind tried_regions_kind{
	.about =
		"Regions that the action was tried on in one pass, as of the last "
		"``update_schemes_tried_regions``.",
	.cells = tried_regions_cells,
	.numbered = {.of = &tried_region_kind},
};

status put_tried(const tree_guard &tree, node &schemes, span<const tried_of_scheme> all)
{
	const u32 told = min(schemes.count(), all.size());

	TRY(make_room(tree, schemes, {all.data(), told}));
	for (u32 i = 0; i < told; i++)
		put(tree, tried_dir(schemes, i), all[i]);
	for (u32 i = told; i < schemes.count(); i++)
		tried_dir(schemes, i).reset(tree);
	return ok;
}

void clear_tried(const tree_guard &tree, node &schemes)
{
	for (u32 i = 0; i < schemes.count(); i++)
		tried_dir(schemes, i).reset(tree);
}

} // namespace damon
