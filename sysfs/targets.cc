// SPDX-License-Identifier: GPL-2.0
#include "sysfs/targets.hh"

namespace damon {

constinit kind initial_region_kind{
	.about = "An initial region.",
	.cells = initial_region_cells,
};
constinit kind initial_regions_kind{
	.about = "Initial regions of the target.",
	.cells = initial_regions_cells,
	.numbered = {.of = &initial_region_kind},
};
constinit kind target_kind{
	.about = "A target: the address space of a process, or physical memory.",
	.cells = target_cells,
	.children = target_children,
};
constinit kind targets_kind{
	.about = "Monitoring targets.",
	.cells = targets_cells,
	.numbered = {.of = &target_kind},
};

} // namespace damon
