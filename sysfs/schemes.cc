// SPDX-License-Identifier: GPL-2.0
#include "sysfs/schemes.hh"

namespace damon {

constinit kind bounds_kind{.cells = bounds_cells};
constinit kind access_pattern_kind{.children = access_pattern_children};
constinit kind scheme_kind{.cells = scheme_cells, .children = scheme_children};
constinit kind schemes_kind{.cells = schemes_cells, .numbered = {.of = &scheme_kind}};

} // namespace damon
