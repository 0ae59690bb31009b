// SPDX-License-Identifier: GPL-2.0
// Builds the configuration of schemes from the staged values in a schemes directory.
#pragma once
#include "damonxx/lib/report.hh"
#include "schemes/scheme_inputs.hh"
#include "sysfs/tree.hh"

namespace damon {

// @dir is a schemes directory; its sizes and addresses are in units of @unit bytes.  inval or
// opnotsupp with the reason in @why; nomem.
result<vec<scheme_inputs>> build_schemes(const tree_guard &tree, const node &dir, u64 unit,
					 report &why);
// Builds only the quota goals of every scheme.
result<vec<vec<goal>>> build_goals_of_schemes(const tree_guard &tree, const node &dir, report &why);

} // namespace damon
