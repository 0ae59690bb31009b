// SPDX-License-Identifier: GPL-2.0
// /sys/kernel/mm/damonxx/admin, with everything below it.
#pragma once
#include "sysfs/kind.hh"

namespace damon {

// Of the topmost directory.
extern kind root_kind;

// Without the kernel's mm directory, logs one line and makes no tree.  nomem, and what
// kapi_dir_add() says.
status tree_init();
bool tree_is_there();
// Removes all.  No kdamond runs any more: each holds a reference to the module.
void tree_exit();

} // namespace damon
