// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/quotas/goals: what the scheme is to achieve.
#pragma once
#include "damonxx/lib/report.hh"
#include "schemes/goal.hh"
#include "sysfs/tree.hh"

namespace damon {

inline constexpr cell goal_cells[] = {
	keyword_cell("target_metric", goal_metric_names),
	ulong_cell("target_value"),
	ulong_cell("current_value"),
	int_cell("nid"),
	text_cell("path"),
	keyword_cell("direction", goal_direction_names),
};
extern kind goal_kind;

inline constexpr cell goals_cells[] = {
	count_cell("nr_goals"),
};
extern kind goals_kind;

// From the staged values below @dir, a goals directory; goals without a target are left out,
// and @why notes it.  Paths of memory cgroups are resolved here, as the caller sees them.
// inval or opnotsupp with the reason in @why; nomem.  Gate held.
result<vec<goal>> build_goals(const node &dir, report &why);

} // namespace damon
