// SPDX-License-Identifier: GPL-2.0
#include "sysfs/targets.hh"

namespace damon {

constinit kind initial_region_kind{.cells = initial_region_cells};
constinit kind initial_regions_kind{
	.cells = initial_regions_cells,
	.numbered = {.of = &initial_region_kind},
};
constinit kind target_kind{.cells = target_cells, .children = target_children};
constinit kind targets_kind{.cells = targets_cells, .numbered = {.of = &target_kind}};

} // namespace damon
