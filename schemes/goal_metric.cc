// SPDX-License-Identifier: GPL-2.0
#include "schemes/goal_metric.hh"

namespace damon {

namespace {

constexpr u64 whole_bp = 10'000;

u64 share_bp(u64 part, u64 whole)
{
	return mul_div(min(part, whole), whole_bp, whole);
}

// The value for a node or cgroup that is gone: beyond any target, so that this goal allows nothing.
u64 beyond_target(const goal &g)
{
	return g.direction == goal_direction::raise ? u64_max : 0;
}

u64 node_share(const goal &g, bool free_part)
{
	kapi_memory memory{};

	if (kapi_memory_of(g.nid, &memory))
		return beyond_target(g);
	if (!memory.total_bytes)
		return free_part ? 0 : whole_bp;
	const u64 free_bp = share_bp(memory.free_bytes, memory.total_bytes);
	return free_part ? free_bp : whole_bp - free_bp;
}

u64 memcg_share(const goal &g, bool free_part)
{
	kapi_memory memory{};
	u64 bytes = 0;

	if (kapi_memory_of(g.nid, &memory) || kapi_memcg_on_node(g.memcg, g.nid, &bytes))
		return beyond_target(g);
	if (!memory.total_bytes)
		return free_part ? 0 : whole_bp;
	const u64 used_bp = share_bp(bytes, memory.total_bytes);
	return free_part ? whole_bp - used_bp : used_bp;
}

u64 lru_share(bool of_active)
{
	u64 active = 0;
	u64 inactive = 0;

	kapi_lru_bytes(&active, &inactive);
	const u64 all = saturating_add(active, inactive);
	return all ? share_bp(of_active ? active : inactive, all) : 0;
}

u64 hugepage_share()
{
	kapi_memory memory{};

	if (kapi_memory_of(-1, &memory) || memory.total_bytes <= memory.free_bytes)
		return whole_bp;
	return share_bp(kapi_hugepage_bytes(), memory.total_bytes - memory.free_bytes);
}

// Stall time since the last evaluation.  The first one has no baseline and counts as at the goal.
u64 psi_growth(const goal &g, psi_baseline &baseline)
{
	u64 total_us = 0;

	if (kapi_psi_some_memory_us(&total_us))
		return 0;
	const psi_baseline before = std::exchange(baseline, {total_us, true});
	return before.known ? total_us - min(before.total_us, total_us) : g.target_value;
}

} // namespace

u64 measure(const goal &g, psi_baseline &baseline)
{
	switch (g.metric) {
	case goal_metric::user_input:
		return g.current_value;
	case goal_metric::some_mem_psi_us:
		return psi_growth(g, baseline);
	case goal_metric::node_mem_used_bp:
		return node_share(g, false);
	case goal_metric::node_mem_free_bp:
		return node_share(g, true);
	case goal_metric::node_memcg_used_bp:
		return memcg_share(g, false);
	case goal_metric::node_memcg_free_bp:
		return memcg_share(g, true);
	case goal_metric::active_mem_bp:
		return lru_share(true);
	case goal_metric::inactive_mem_bp:
		return lru_share(false);
	case goal_metric::hugepage_mem_bp:
		return hugepage_share();
	case goal_metric::node_eligible_mem_bp:
	case goal_metric::node_sys_bp:
		break;
	}
	return 0;
}

u64 missing_bytes(const goal &g, const kapi_memory &node)
{
	const u64 free = min(node.free_bytes, node.total_bytes);
	const bool of_free = g.metric == goal_metric::node_mem_free_bp;
	const u64 current = of_free ? free : node.total_bytes - free;
	const u64 wanted = mul_div(node.total_bytes, min(g.target_value, whole_bp), whole_bp);
	const bool raise = g.direction == goal_direction::raise;

	return raise ? wanted - min(current, wanted) : current - min(wanted, current);
}

// A share that has to shrink is scored by its complement, which grows.
u64 score_of(const goal &g, u64 current_value)
{
	if (g.direction == goal_direction::lower) {
		const u64 target = whole_bp - min(g.target_value, whole_bp);
		const u64 current = whole_bp - min(current_value, whole_bp);
		return target ? mul_div(current, score_at_goal, target) : score_at_goal;
	}
	return mul_div(current_value, score_at_goal, max(g.target_value, u64{1}));
}

goal_progress progress_of_share(const goal &g, const usage_estimate &found, u64 node_capacity,
				u64 other_capacity)
{
	const bool raise = g.direction == goal_direction::raise;
	const u64 used = found.used_bytes;
	goal reachable = g;

	if (!used)
		return {raise ? 0 : score_at_goal, 0};
	const u64 most_bp = share_bp(node_capacity, used);
	const u64 least_bp = share_bp(used - min(other_capacity, used), used);
	reachable.target_value = raise ? min(g.target_value, most_bp) : max(g.target_value, least_bp);

	const u64 wanted = mul_div(used, min(reachable.target_value, whole_bp), whole_bp);
	const u64 missing = raise ? wanted - min(found.node_bytes, wanted)
				  : found.node_bytes - min(wanted, found.node_bytes);
	const u64 score = score_of(reachable, share_bp(found.node_bytes, used));
	return {missing ? min(score, score_at_goal) : max(score, score_at_goal), missing};
}

} // namespace damon
