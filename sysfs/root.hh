// SPDX-License-Identifier: GPL-2.0
// /sys/kernel/mm/damonxx/admin, with everything below it.
#pragma once
#include "sysfs/kind.hh"

namespace damon {

// The kind of the topmost directory.
extern kind root_kind;

// Creates the tree.  Without KAPI_FEATURE_SYSFS, logs a warning and returns ok without a tree.
// nomem, and the errors of kapi_dir_add().
status tree_init();
bool tree_is_there();
// Removes the tree.  No kdamond runs at this point, as each holds a reference to the module.
void tree_exit();

} // namespace damon
