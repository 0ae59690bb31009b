// SPDX-License-Identifier: GPL-2.0
#include "sysfs/goals.hh"
#include "sysfs/memcg_path.hh"

namespace damon {

namespace {

result<goal> build_goal(const tree_guard &tree, const node &dir, report &why)
{
	constexpr auto &rows = goal_cells;
	goal wanted{
		.metric = static_cast<goal_metric>(dir.value(cell_of(rows, "target_metric"))),
		.direction = static_cast<goal_direction>(dir.value(cell_of(rows, "direction"))),
		.nid = static_cast<s32>(static_cast<u32>(dir.value(cell_of(rows, "nid")))),
		.target_value = dir.value(cell_of(rows, "target_value")),
		.current_value = dir.value(cell_of(rows, "current_value")),
		.number = dir.index(),
	};

	if (is_of_memcg(wanted.metric))
		wanted.memcg = TRY(find_memcg(dir.text(tree, cell_of(rows, "path")), "path",
					      "target_metric", why));
	return wanted;
}

} // namespace

constinit kind goal_kind{
	.about = "A goal.",
	.cells = goal_cells,
};
constinit kind goals_kind{
	.about =
		"Goals of the quota: it is tuned to reach the nearest one, within the time and "
		"size quotas.",
	.cells = goals_cells,
	.numbered = {.of = &goal_kind},
};

result<vec<goal>> build_goals(const tree_guard &tree, const node &dir, report &why)
{
	vec<goal> goals;

	TRY(goals.reserve(dir.count()));
	for (u32 i = 0; i < dir.count(); i++) {
		const node &one = dir.numbered(i);
		report::at here{why, "goals", i};

		if (one.value(cell_of(goal_cells, "target_value")))
			goals.push(TRY(build_goal(tree, one, why)));
		else
			why.note("target_value", "is 0, so this goal is left out");
	}
	return goals;
}

} // namespace damon
