// SPDX-License-Identifier: GPL-2.0
#include "sysfs/monitoring_attrs.hh"
#include "sysfs/tree.hh"

namespace damon {

constinit kind intervals_goal_kind{.cells = intervals_goal_cells};
constinit kind intervals_kind{.cells = intervals_cells, .children = intervals_children};
constinit kind nr_regions_kind{.cells = nr_regions_cells};
constinit kind monitoring_attrs_kind{.children = monitoring_attrs_children};

void put_intervals(node &attrs_dir, const monitoring_attrs &tuned)
{
	node &dir = attrs_dir.child(child_of(monitoring_attrs_children, "intervals"));

	dir.set(cell_of(intervals_cells, "sample_us"), tuned.sample_us);
	dir.set(cell_of(intervals_cells, "aggr_us"), tuned.aggr_us);
}

} // namespace damon
