// SPDX-License-Identifier: GPL-2.0
// From the staged values of a schemes directory to schemes.
#pragma once
#include "damonxx/lib/report.hh"
#include "schemes/scheme_inputs.hh"
#include "sysfs/tree.hh"

namespace damon {

// @dir is a schemes directory whose sizes and addresses are in units of so many bytes.
// inval or opnotsupp with the reason in @why; nomem.
result<vec<scheme_inputs>> build_schemes(const tree_guard &tree, const node &dir, u64 unit,
					 report &why);
// The goals of every scheme alone.
result<vec<vec<goal>>> build_goals_of_schemes(const tree_guard &tree, const node &dir, report &why);

} // namespace damon
