// SPDX-License-Identifier: GPL-2.0
#include "schemes/effective_quota.hh"
#include "schemes/trace.hh"

namespace damon {

namespace {

// Maximum of pages sampled for all goals of a scheme in one evaluation.
constexpr u32 most_looks = 4096;

u32 nr_estimates(const scheme &s)
{
	u32 count = 0;

	for (const goal &g : s.config.quota.goals)
		count += needs_usage_estimate(g.metric);
	return count;
}

goal_progress progress_by_usage(const scheme &s, const goal &g, const apply_context &m)
{
	const bool eligible = g.metric == goal_metric::node_eligible_mem_bp;
	const access_pattern *pattern = eligible ? &s.config.pattern : nullptr;
	const u32 looks = max(most_looks / max(nr_estimates(s), u32{1}), u32{1});
	kapi_memory node{};
	kapi_memory all{};

	if (kapi_memory_of(g.nid, &node) || kapi_memory_of(-1, &all))
		return {g.direction == goal_direction::raise ? 0 : score_at_goal, 0};
	return progress_of_share(
		g, estimate_usage(m.ops, m.targets, {pattern, m.at, g.nid, looks}, m.random),
		node.total_bytes, all.total_bytes - min(node.total_bytes, all.total_bytes));
}

goal_progress progress_by_measure(const scheme &s, const goal &g, psi_baseline &baseline)
{
	goal_progress progress{score_of(g, measure(g, baseline))};
	kapi_memory node{};

	// The temporal tuner allows everything at once, so the bytes missing to the goal limit it.
	if (s.config.quota.tuner == goal_tuner::temporal && is_of_use(g.metric) &&
	    !kapi_memory_of(g.nid, &node))
		progress.most_bytes = missing_bytes(g, node);
	return progress;
}

// The goal with the highest score counts: it is enough to reach one of them.
goal_progress progress_of(scheme &s, const apply_context &m)
{
	const vec<goal> &goals = s.config.quota.goals;
	goal_progress all;

	for (u32 i = 0; i < goals.size() && i < s.baselines.size(); i++) {
		const goal &g = goals[i];
		const goal_progress one = needs_usage_estimate(g.metric)
						  ? progress_by_usage(s, g, m)
						  : progress_by_measure(s, g, s.baselines[i]);
		all = {max(all.score, one.score), min(all.most_bytes, one.most_bytes)};
	}
	return all;
}

// Fills the histogram with the memory that matches and that the core filters accept.
void sort_by_priority(scheme &s, const apply_context &m)
{
	m.priorities.clear();
	for (u32 number = 0; number < m.targets.size(); number++) {
		const region_table &regions = m.targets[number].regions;

		for (u32 i = 0; !m.targets[number].gone && i < regions.count(); i++) {
			if (!matches(s.config.pattern, regions, i, m.at))
				continue;
			m.priorities.add(s.priority(regions, i, m.at, m.attrs.aggr_us),
					 s.accepted_bytes(regions, i, number, m.at, m.weights));
		}
	}
}

u64 goal_bytes(scheme &s, const apply_context &m, bool step)
{
	if (s.config.quota.goals.empty())
		return u64_max;
	const goal_progress progress = progress_of(s, m);
	return min(s.tuning.allowed_bytes(s.config.quota, progress.score,
					  m.priorities.total_bytes(), step),
		   progress.most_bytes);
}

} // namespace

void decide_effective_quota(scheme &s, u32 index, const apply_context &m)
{
	const quota_inputs &config = s.config.quota;

	if (!s.limited()) {
		s.stats.effective_bytes = 0;
		return;
	}
	sort_by_priority(s, m);
	const u64 now_ns = kapi_now_ns();
	const u64 slack_ns = m.attrs.sample_ns() / 2;
	const auto news = s.quota.look(config, now_ns, slack_ns);
	if (news != quota_account::news::none) {
		const bool begins = news == quota_account::news::window;

		if (begins)
			s.quota.begin_window(config, now_ns, slack_ns);
		s.quota.allow(config, goal_bytes(s, m, begins));
		s.stats.effective_bytes = s.quota.effective_bytes();
		trace_effective_size(index, s.quota.effective_bytes() / m.unit_bytes);
	}
	s.min_score = m.priorities.lowest_within(s.quota.effective_bytes());
}

} // namespace damon
