// SPDX-License-Identifier: GPL-2.0
#include "schemes/scheme.hh"
#include "schemes/action.hh"

namespace damon {

namespace {

constexpr u8 kapi_filter_types[] = {
	KAPI_FILTER_ANON,     KAPI_FILTER_MEMCG,  KAPI_FILTER_YOUNG, KAPI_FILTER_HUGEPAGE_SIZE,
	KAPI_FILTER_UNMAPPED, KAPI_FILTER_ACTIVE, KAPI_FILTER_NODE,
};
static_assert(kapi_filter_types[static_cast<u32>(filter_type::node)] == KAPI_FILTER_NODE);

// Converts the ops filters for the shims.  pageout of physical memory also rejects young folios,
// unless the user has set a filter of type young.
status build_filters(scheme &s, bool physical)
{
	const span<const filter> config = s.config.ops_filters.all();
	bool asks_for_young = false;

	TRY(s.filters.reserve(config.size() + 1));
	for (const filter &f : config) {
		asks_for_young |= f.type == filter_type::young;
		s.filters.push({kapi_filter_types[static_cast<u32>(f.type)], f.matching, f.allow,
				f.memcg, f.limits.min, f.limits.max});
	}
	if (physical && s.config.action == action::pageout && !asks_for_young)
		s.filters.push({KAPI_FILTER_YOUNG, true, false, 0, 0, 0});
	return ok;
}

status build_destinations(scheme &s)
{
	TRY(s.destinations.reserve(s.config.destinations.size()));
	for (const destination &to : s.config.destinations) {
		s.destinations.push({to.nid, to.weight});
		s.request.total_weight += to.weight;
	}
	return ok;
}

} // namespace

status scheme::build(scheme_inputs &in, bool physical)
{
	config = move(in);
	const action what = config.action;
	config.quota.block_bytes = block_of(what);

	if (config.rest_ms)
		TRY(status::from_errno(kapi_record_migrations()));
	request.action = static_cast<u8>(kernel_action(what));
	request.target_node = config.target_nid;
	request.rest_ms = config.rest_ms;
	request.pass_by_default = accepted_by_default(config.ops_filters.all());
	if (!takes_mappings_whole(what))
		TRY(build_filters(*this, physical));
	if (!physical)
		TRY(build_destinations(*this));
	request.filters = filters.begin();
	request.nr_filters = filters.size();
	request.destinations = destinations.begin();
	request.nr_destinations = destinations.size();
	prefers = preference_of(what, physical);
	acts = has_meaning(what, physical) && kapi_can_apply(request.action, physical) &&
	       (what != action::stat || !filters.empty());
	return baselines.resize(config.quota.goals.size());
}

u32 scheme::priority(const region_table &regions, u32 i, const aggregation_position &at,
		     u64 aggr_us) const
{
	constexpr u64 us_per_second = 1'000'000;

	if (prefers == preference::none)
		return highest_priority;
	return priority_of(prefers, hot_score(regions.moving_sum(i, at.left, at.length), at.length,
					      mul_div(regions.age(i), aggr_us, us_per_second),
					      config.quota.weights));
}

filter_result scheme::evaluate_filters_from(u64 start, const region_table &regions, u32 i,
					    u32 target_index, const aggregation_position &at,
					    const probe_weights &weights) const
{
	const hit_counters hits = regions.hits(i);
	filter_subject region{{start, regions.range(i).end}, target_index, 0};

	for (u32 probe = 0; probe < max_probes; probe++)
		region.weighted_hits +=
			u64{weights.of[probe]} * hits.moving_sum(probe, at.left, at.length);
	return damon::evaluate_filters(config.core_filters.all(), !config.ops_filters.empty(),
				       region);
}

u64 scheme::accepted_bytes(const region_table &regions, u32 i, u32 target_index,
			   const aggregation_position &at, const probe_weights &weights) const
{
	const addr_range range = regions.range(i);
	u64 sum = 0;

	if (config.core_filters.empty())
		return range.size();
	for (u64 start = range.start; start < range.end;) {
		const filter_result decision =
			evaluate_filters_from(start, regions, i, target_index, at, weights);
		sum += decision.accepted ? decision.end - start : 0;
		start = decision.end;
	}
	return sum;
}

void scheme::count_try(u64 bytes, const kapi_action_request &outcome)
{
	stats.nr_tried++;
	stats.sz_tried += bytes;
	stats.nr_applied += outcome.applied_bytes != 0;
	stats.sz_applied += outcome.applied_bytes;
	stats.sz_ops_filter_passed += outcome.passed_bytes;
}

// Baselines start anew, as the goals may have changed.
void scheme::take_results(const scheme &before)
{
	stats = before.stats;
	if (config.apply_interval_us == before.config.apply_interval_us)
		next_apply_samples = before.next_apply_samples;
	pass = before.pass;
	pass.split = pass.resume_split = {};
	quota = before.quota;
	quota.revise();
	if (config.quota.tuner == before.config.quota.tuner)
		tuning = before.tuning;
	min_score = before.min_score;
}

} // namespace damon
