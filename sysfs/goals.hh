// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/quotas/goals: goals of the quota.
#pragma once
#include "damonxx/lib/report.hh"
#include "schemes/goal.hh"
#include "sysfs/tree.hh"

namespace damon {

inline constexpr cell goal_cells[] = {
	keyword_cell("target_metric",
		"What is measured; see Goals in Documentation/usage.rst.  Metrics that end with "
		"``_bp`` are in basis points (1/10000).",
		goal_metric_names),
	ulong_cell("target_value",
		"Value of the metric to reach.  0: the goal is ignored, which ``last_error`` "
		"notes."),
	ulong_cell("current_value", "Value of the metric ``user_input``."),
	int_cell("nid", "Node ID for metrics of a node."),
	text_cell("path",
		"Path of the cgroup for metrics of a cgroup, in the format of the filter of a "
		"probe."),
	keyword_cell("direction",
		"What the action does to the metric.  ``raise``: it grows; ``lower``: it shrinks, "
		"for metrics that end with ``_bp`` only.",
		goal_direction_names),
};
extern kind goal_kind;

inline constexpr cell goals_cells[] = {
	count_cell("nr_goals", "Number of goals."),
};
extern kind goals_kind;

// Builds the goals from the staged values in @dir, a goals directory.  Omits goals without a target
// value, with a note in @why.  Resolves paths of memory cgroups as the caller sees them.  inval or
// opnotsupp with the reason in @why; nomem.
result<vec<goal>> build_goals(const tree_guard &tree, const node &dir, report &why);

} // namespace damon
