// SPDX-License-Identifier: GPL-2.0
#include "sysfs/monitoring_attrs.hh"

namespace damon {

constinit kind intervals_kind{.cells = intervals_cells};
constinit kind nr_regions_kind{.cells = nr_regions_cells};
constinit kind monitoring_attrs_kind{.children = monitoring_attrs_children};

} // namespace damon
