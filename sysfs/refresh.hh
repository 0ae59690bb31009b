// SPDX-License-Identifier: GPL-2.0
// kdamonds/<K>/refresh_ms: results that are refreshed when they are read.
#pragma once
#include "sysfs/kind.hh"

namespace damon {

// Refreshes the statistics of schemes, effective quotas and tuned intervals in the tree, if the
// kdamond above @dir runs, refresh_ms is set, and the last refresh is longer ago.  @dir: the
// directory of a file that is about to be read.  While one reader refreshes, other readers get the
// old values.  nodev, intr, nomem.  CONTEXT: process, may sleep; the tree is not locked.
status refresh_results(node &dir);

} // namespace damon
