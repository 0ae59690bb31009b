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

status put(node &dir, const tried_of_scheme &tried)
{
	TRY(dir.resize(tried.regions.size()));
	for (u32 i = 0; i < tried.regions.size(); i++)
		put(dir.numbered(i), tried.regions[i]);
	dir.set(cell_of(tried_regions_cells, "total_bytes"), tried.total_bytes);
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
	for (u32 i = 0; i < schemes.count(); i++) {
		if (i >= all.size()) {
			tried_dir(schemes, i).reset();
			continue;
		}
		const status filled = put(tried_dir(schemes, i), all[i]);
		if (!filled.is_ok()) {
			clear_tried(schemes);
			return filled;
		}
	}
	return ok;
}

void clear_tried(node &schemes)
{
	for (u32 i = 0; i < schemes.count(); i++)
		tried_dir(schemes, i).reset();
}

} // namespace damon
