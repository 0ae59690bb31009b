// SPDX-License-Identifier: GPL-2.0
// Builds the inputs of a context from the staged values in its directory.
#pragma once
#include "core/kdamond/inputs.hh"
#include "sysfs/tree.hh"

namespace damon {

// What the inputs are for.  Only a commit can remove targets.
enum class purpose { start, commit };

// Resolves process ids in the caller's pid namespace, and paths of cgroups.  inval or opnotsupp
// with the reason in @why, whose paths are relative to @dir; nomem.
result<inputs> build_inputs(const tree_guard &tree, const node &dir, purpose use, report &why);

} // namespace damon
