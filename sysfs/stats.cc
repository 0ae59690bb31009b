// SPDX-License-Identifier: GPL-2.0
#include "sysfs/stats.hh"
#include "sysfs/schemes.hh"

namespace damon {

namespace {

void put(node &dir, const scheme_stats &stats)
{
	dir.set(cell_of(stats_cells, "nr_tried"), stats.nr_tried);
	dir.set(cell_of(stats_cells, "sz_tried"), stats.sz_tried);
	dir.set(cell_of(stats_cells, "nr_applied"), stats.nr_applied);
	dir.set(cell_of(stats_cells, "sz_applied"), stats.sz_applied);
	dir.set(cell_of(stats_cells, "sz_ops_filter_passed"), stats.sz_ops_filter_passed);
	dir.set(cell_of(stats_cells, "qt_exceeds"), stats.qt_exceeds);
	dir.set(cell_of(stats_cells, "nr_snapshots"), stats.nr_snapshots);
}

} // namespace

constinit kind stats_kind{
	.about =
		"Statistics of the scheme since it was installed, as of the last "
		"``update_schemes_stats``, or with ``refresh_ms`` as of the read.",
	.cells = stats_cells,
};

void put_stats(const tree_guard &, node &schemes, span<const scheme_stats> all)
{
	for (u32 i = 0; i < schemes.count() && i < all.size(); i++)
		put(schemes.numbered(i).child(child_of(scheme_children, "stats")), all[i]);
}

} // namespace damon
