// SPDX-License-Identifier: GPL-2.0
// From the staged values of a context's directory to the inputs of a context.
#pragma once
#include "core/kdamond/inputs.hh"
#include "sysfs/tree.hh"

namespace damon {

// Only a commit can remove targets.
enum class purpose { start, commit };

// Process ids are resolved here, in the caller's pid namespace, and paths of cgroups.  inval
// or opnotsupp with the reason in @why, whose places are relative to @dir; nomem.
result<inputs> build_inputs(const tree_guard &tree, const node &dir, purpose use, report &why);

} // namespace damon
