// SPDX-License-Identifier: GPL-2.0
#include "sysfs/monitoring_attrs.hh"
#include "sysfs/tree.hh"

namespace damon {

constinit kind intervals_goal_kind{
	.about = "Goal of tuning ``sample_us`` and ``aggr_us``, by the same factor.",
	.cells = intervals_goal_cells,
};
constinit kind intervals_kind{
	.about = "Intervals of the monitoring.",
	.cells = intervals_cells,
	.children = intervals_children,
	.attached = attached<intervals_origin>::as_data,
};
constinit kind nr_regions_kind{
	.about =
		"Bounds of the number of regions.  EINVAL from ``on`` and ``commit`` if they "
		"contradict each other.",
	.cells = nr_regions_cells,
};
constinit kind monitoring_attrs_kind{
	.about = "Monitoring attributes: accuracy and overhead.",
	.cells = monitoring_attrs_cells,
	.children = monitoring_attrs_children,
};

void note_intervals(const tree_guard &tree, node &dir)
{
	dir.attached<intervals_origin>(tree).written = true;
}

intervals_origin &origin_of_intervals(const tree_guard &tree, const node &attrs_dir)
{
	return attrs_dir.child(child_of(monitoring_attrs_children, "intervals"))
		.attached<intervals_origin>(tree);
}

void put_intervals(const tree_guard &tree, node &attrs_dir, const monitoring_attrs &tuned)
{
	node &dir = attrs_dir.child(child_of(monitoring_attrs_children, "intervals"));

	dir.set(cell_of(intervals_cells, "sample_us"), tuned.sample_us);
	dir.set(cell_of(intervals_cells, "aggr_us"), tuned.aggr_us);
	dir.attached<intervals_origin>(tree).written = false;
}

} // namespace damon
