// SPDX-License-Identifier: GPL-2.0
#include "sysfs/schemes.hh"

namespace damon {

constinit kind bounds_kind{
	.about = "Bounds of one property of a region.",
	.cells = bounds_cells,
};
constinit kind access_pattern_kind{
	.about = "Access pattern of the regions that the scheme matches.",
	.children = access_pattern_children,
};
constinit kind scheme_kind{
	.about = "A scheme: which regions it matches, what it does to them, and how often.",
	.cells = scheme_cells,
	.children = scheme_children,
};
constinit kind schemes_kind{
	.about = "Operation schemes.",
	.cells = schemes_cells,
	.numbered = {.of = &scheme_kind},
};

} // namespace damon
