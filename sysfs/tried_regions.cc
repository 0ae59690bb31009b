// SPDX-License-Identifier: GPL-2.0
#include "sysfs/tried_regions.hh"
#include "sysfs/schemes.hh"

namespace damon {

namespace {

node &tried_dir(node &schemes, u32 scheme)
{
	return schemes.numbered(scheme).child(child_of(scheme_children, "tried_regions"));
}

void put(node &dir, const tried_region &region)
{
	dir.set(cell_of(tried_region_cells, "start"), region.range.start);
	dir.set(cell_of(tried_region_cells, "end"), region.range.end);
	dir.set(cell_of(tried_region_cells, "nr_accesses"), region.nr_accesses);
	dir.set(cell_of(tried_region_cells, "age"), region.age);
	dir.set(cell_of(tried_region_cells, "sz_filter_passed"), region.sz_filter_passed);
}

// A change to fewer directories, or to as many, cannot fail.
void shrink(node &dir, u32 count)
{
	static_cast<void>(dir.resize(count));
}

// There are enough directories.
void put(node &dir, const tried_of_scheme &tried)
{
	shrink(dir, tried.regions.size());
	for (u32 i = 0; i < tried.regions.size(); i++)
		put(dir.numbered(i), tried.regions[i]);
	dir.set(cell_of(tried_regions_cells, "total_bytes"), tried.total_bytes);
}

// At least as many directories as @all needs; nomem: as many as there were.
status make_room(node &schemes, span<const tried_of_scheme> all)
{
	vec<u32> before;

	TRY(before.reserve(all.size()));
	for (u32 i = 0; i < all.size(); i++) {
		node &dir = tried_dir(schemes, i);
		before.push(dir.count());
		const status grown = dir.resize(max(dir.count(), all[i].regions.size()));
		if (grown.is_ok())
			continue;
		for (u32 k = 0; k < before.size(); k++)
			shrink(tried_dir(schemes, k), before[k]);
		return grown;
	}
	return ok;
}

} // namespace

constinit kind tried_region_kind{.cells = tried_region_cells};
constinit kind tried_regions_kind{
	.cells = tried_regions_cells,
	.numbered = {.of = &tried_region_kind},
};

status put_tried(node &schemes, span<const tried_of_scheme> all)
{
	const u32 told = min(schemes.count(), all.size());

	TRY(make_room(schemes, {all.data(), told}));
	for (u32 i = 0; i < told; i++)
		put(tried_dir(schemes, i), all[i]);
	for (u32 i = told; i < schemes.count(); i++)
		tried_dir(schemes, i).reset();
	return ok;
}

void clear_tried(node &schemes)
{
	for (u32 i = 0; i < schemes.count(); i++)
		tried_dir(schemes, i).reset();
}

} // namespace damon
