// SPDX-License-Identifier: GPL-2.0
// Commands: the keywords that can be written to kdamonds/<K>/state.
#pragma once
#include "sysfs/tree.hh"

namespace damon {

// Runs the command @written on the kdamond of @dir and returns when it is done.  Sets last_error to
// the failure, else to the notes, else to nothing.  Commands that wait for the kdamond do not hold
// the lock of the tree meanwhile.
//
// inval: no such command, or the staged values are invalid; opnotsupp: this kernel lacks a feature;
// busy: the kdamond runs already, or another task waits for tried regions; canceled: the kdamond
// does not run, or ended meanwhile; again: no thread can be created; nomem; nodev: the directory
// was removed; intr.  CONTEXT: process, may sleep; the tree is not locked.
status run_command(node &dir, text_view written);

} // namespace damon
