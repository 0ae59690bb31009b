// SPDX-License-Identifier: GPL-2.0
#include "sysfs/quotas.hh"
#include "damonxx/lib/math.hh"
#include "sysfs/schemes.hh"

namespace damon {

namespace {

priority_weights build_weights(const node &dir)
{
	constexpr auto &rows = priority_weights_cells;

	return {
		.size = static_cast<u32>(dir.value(cell_of(rows, "sz_permil"))),
		.nr_accesses = static_cast<u32>(dir.value(cell_of(rows, "nr_accesses_permil"))),
		.age = static_cast<u32>(dir.value(cell_of(rows, "age_permil"))),
	};
}

} // namespace

constinit kind priority_weights_kind{
	.about =
		"Weights of the properties that decide which regions come first where the quota "
		"does not suffice for all.  Only the ratio of access count and age matters.",
	.cells = priority_weights_cells,
};
constinit kind quotas_kind{
	.about = "Quotas of the scheme.",
	.cells = quotas_cells,
	.children = quotas_children,
};

result<vec<goal>> build_quota_goals(const tree_guard &tree, const node &dir, report &why)
{
	const node &goals_dir = dir.child(child_of(quotas_children, "goals"));
	const bool limits_else = dir.value(cell_of(quotas_cells, "ms")) ||
				 dir.value(cell_of(quotas_cells, "bytes"));
	report::at here{why, "quotas"};
	auto goals = TRY(build_goals(tree, goals_dir, why));

	if (goals_dir.count() && goals.empty() && !limits_else)
		return why.fail(errc::inval, "goals/0/target_value",
				"is 0, and without any goal, ms or bytes nothing would limit the scheme");
	return goals;
}

result<quota_inputs> build_quota(const tree_guard &tree, const node &dir, u64 unit, report &why)
{
	constexpr auto &rows = quotas_cells;
	quota_inputs quota;

	quota.ms = dir.value(cell_of(rows, "ms"));
	quota.bytes = saturating_mul(dir.value(cell_of(rows, "bytes")), unit);
	quota.reset_interval_ms = dir.value(cell_of(rows, "reset_interval_ms"));
	quota.weights = build_weights(dir.child(child_of(quotas_children, "weights")));
	quota.goals = TRY(build_quota_goals(tree, dir, why));
	quota.tuner = static_cast<goal_tuner>(dir.value(cell_of(rows, "goal_tuner")));
	quota.fail_charge_num = static_cast<u32>(dir.value(cell_of(rows, "fail_charge_num")));
	quota.fail_charge_denom = static_cast<u32>(dir.value(cell_of(rows, "fail_charge_denom")));
	return quota;
}

void put_effective_quotas(const tree_guard &, node &schemes, span<const scheme_stats> all)
{
	for (u32 i = 0; i < schemes.count() && i < all.size(); i++) {
		node &dir = schemes.numbered(i).child(child_of(scheme_children, "quotas"));
		dir.set(cell_of(quotas_cells, "effective_bytes"), all[i].effective_bytes);
	}
}

} // namespace damon
