// SPDX-License-Identifier: GPL-2.0
// kdamonds/<K>/refresh_ms: results that are brought up to date when they are read.
#pragma once
#include "sysfs/kind.hh"

namespace damon {

// If the kdamond above @dir, the directory of a file that is about to be read, runs and wants
// it, and the last time is longer ago than it wants: puts what its kdamond tells of schemes and
// intervals into the tree.  While one reader does that, others read what is there.  nodev,
// intr, nomem.
status refresh_results(node &dir);

} // namespace damon
