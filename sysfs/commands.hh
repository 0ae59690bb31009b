// SPDX-License-Identifier: GPL-2.0
// What can be written to kdamonds/<K>/state.
#pragma once
#include "sysfs/tree.hh"

namespace damon {

// Runs the command named @written on the kdamond of @dir and returns when it is done.  Its
// failure, or what there is to note, or nothing, becomes the kdamond's last error.  Commands that wait for the kdamond
// wait without the lock of the tree.
//
// inval: no such command, or the staged values are refused; busy: runs already, or somebody
// waits for tried regions already; canceled: the kdamond is gone; nomem; nodev; intr.
status run_command(node &dir, text_view written);

} // namespace damon
