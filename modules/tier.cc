// SPDX-License-Identifier: GPL-2.0
// damonxx_tier: promotes hot memory to faster nodes and demotes cold memory to slower ones.
#include "modules/tiers.hh"
#include "modules/common_parameters.hh"

namespace damon {

namespace {

struct table {
#include "modules/tier_parameters.h"
};

constexpr u64 unknown_node = u64_max;	// value of a parameter without a node
constexpr u64 all_bp = 10'000;
constexpr u32 most_ranges = 256;
constexpr u32 most_pairs = DAMONXX_MAX_MODULE_SCHEMES / 2;
static_assert(most_pairs >= DAMONXX_MAX_NODES);

// Promotions have even, demotions odd scheme indices, so that the counters of a direction are the
// sum over every second scheme.
constexpr u32 promote = 0;
constexpr u32 demote = 1;

constinit auto monitoring = monitoring_parameters::defaults_of<table>();
constinit auto watermarks = watermark_parameters::defaults_of<table>();
constinit u64 promote_target_nid = table::promote_target_nid.initial;
constinit u64 demote_target_nid = table::demote_target_nid.initial;
constinit u64 promote_used_bp = table::promote_target_mem_used_bp.initial;
constinit u64 demote_free_bp = table::demote_target_mem_free_bp.initial;
constinit u64 promote_permil = table::promote_min_access_freq.initial;
constinit u64 promote_min_age_us = table::promote_min_age.initial;
constinit u64 demote_min_age_us = table::demote_min_age.initial;
constinit u64 quota_ms = table::quota_ms.initial;
constinit u64 quota_bytes = table::quota_sz.initial;
constinit u64 quota_reset_interval_ms = table::quota_reset_interval_ms.initial;

// Maximum and minimum share of a node that is kept free for promotions.
constexpr u64 most_room_bp = 300;
constexpr u64 least_room_bp = 10;
// Bytes that could not be migrated are charged to the quota with this share.
constexpr u32 fail_charge_num = 1;
constexpr u32 fail_charge_denom = 64;

// Time for which migrated memory is not migrated again.
constexpr u32 rest_ms = 10'000;

// Results of the last prepare() and configure().  Protected by the kernel's lock on the parameters.
constinit damonxx_numa_topology topology{};
constinit tier_plan plan{};
constinit damonxx_target targets[DAMONXX_MAX_NODES]{};
constinit damonxx_range ranges[most_ranges]{};
constinit damonxx_scheme schemes[DAMONXX_MAX_MODULE_SCHEMES]{};
constinit damonxx_filter filters[DAMONXX_MAX_MODULE_SCHEMES]{};
constinit damonxx_goal goals[DAMONXX_MAX_MODULE_SCHEMES]{};
constinit u32 nr_pairs = 0;		// never decreases while it runs, as counters would be lost

s32 to_nid(u64 value)
{
	return value == unknown_node ? no_node : static_cast<s32>(value);
}

tier_overrides overrides()
{
	return {to_nid(promote_target_nid), to_nid(demote_target_nid)};
}

int prepare(damonxx_reason *reason)
{
	damonxx_numa_topology_read(&topology);
	tier_plan fresh = find_tiers(topology);
	const status done = apply_overrides(fresh, overrides(), *reason);

	if (!done.is_ok())
		return done.to_errno();
	plan = fresh;
	summarize_tiers(plan, reason->text, sizeof(reason->text));
	return 0;
}

// One target per node, so that no region spans two nodes.
void set_targets(damonxx_settings &settings)
{
	u32 used = 0;

	for (u32 i = 0; i < plan.nr_nodes; i++) {
		const u32 most = (most_ranges - used) / (plan.nr_nodes - i);

		targets[i] = {};
		targets[i].ranges = &ranges[used];
		targets[i].nr_ranges = damonxx_node_ranges(plan.nodes[i].nid, &ranges[used], most);
		used += targets[i].nr_ranges;
	}
	settings.targets = targets;
	settings.nr_targets = plan.nr_nodes;
}

const damonxx_node &node_of(s32 nid)
{
	return topology.nodes[plan.find(nid)->node];
}

u64 share_bp(u64 bytes, const damonxx_node &node)
{
	const u64 total = max(node.total_bytes, u64{1});

	return mul_div(min(bytes, total), all_bp, total);
}

// Target value of promotion: the used share if only kept_bytes are free, rounded up.
u64 goal_of_used(const damonxx_node &node)
{
	if (promote_used_bp)
		return promote_used_bp;
	return max(all_bp - share_bp(node.kept_bytes, node), u64{1});
}

// Target value of demotion: free memory that the node keeps, and room for the promotions of one
// quota window.
u64 goal_of_free(const damonxx_node &node)
{
	const u64 quota_bp = quota_bytes ? share_bp(quota_bytes, node) : most_room_bp;

	if (demote_free_bp)
		return demote_free_bp;
	return min(share_bp(node.kept_bytes, node) + clamp(quota_bp, least_room_bp, most_room_bp),
		   all_bp);
}

// All schemes share one quota pool.
void set_quota(u32 index, damonxx_goal_metric metric, s32 nid, u64 target_bp)
{
	damonxx_quota &quota = schemes[index].quota;

	quota.ms = quota_ms;
	quota.size = quota_bytes ? max(quota_bytes, page_bytes) : 0;
	quota.pool = 1;
	quota.reset_interval_ms = quota_reset_interval_ms;
	quota.nr_accesses_weight = 1;
	quota.age_weight = 1;
	quota.tuner = DAMONXX_TEMPORAL;
	quota.goals = &goals[index];
	quota.nr_goals = 1;
	quota.fail_charge_num = fail_charge_num;
	quota.fail_charge_denom = fail_charge_denom;
	goals[index] = {};
	goals[index].metric = metric;
	goals[index].nid = nid;
	goals[index].target_value = target_bp;
}

// Restricts the scheme to memory of @target.
void set_filter(u32 index, u32 target)
{
	filters[index] = {};
	filters[index].type = DAMONXX_FILTER_TARGET;
	filters[index].target_index = static_cast<s32>(target);
	schemes[index].filters = &filters[index];
	schemes[index].nr_filters = 1;
}

// @fast: the faster node of the two.
void set_watermarks(u32 index, s32 fast)
{
	if (!watermarks.high)
		return;
	schemes[index].watermarks = watermarks.marks();
	schemes[index].watermarks.metric = DAMONXX_NODE_FREE_MEM_RATE;
	schemes[index].watermarks.nid = fast;
}

u32 hot_accesses(const damonxx_settings &settings)
{
	const u64 samples = max(settings.aggr_us / max(settings.sample_us, u64{1}), u64{1});

	return max(saturate_u32(mul_div(samples, promote_permil, 1'000)), u32{1});
}

void add_promotion(u32 index, u32 target, const damonxx_settings &settings)
{
	const s32 fast = plan.nodes[target].promote_to;

	damonxx_scheme_init(&schemes[index], DAMONXX_MIGRATE_HOT);
	schemes[index].rest_ms = rest_ms;
	schemes[index].target_nid = fast;
	schemes[index].min_nr_accesses = hot_accesses(settings);
	schemes[index].min_age = to_aggregations(promote_min_age_us, settings);
	set_quota(index, DAMONXX_NODE_MEM_USED_BP, fast,
		  goal_of_used(node_of(fast)));
	set_filter(index, target);
	set_watermarks(index, fast);
}

void add_demotion(u32 index, u32 target, const damonxx_settings &settings)
{
	const s32 fast = plan.nodes[target].nid;

	damonxx_scheme_init(&schemes[index], DAMONXX_MIGRATE_COLD);
	schemes[index].rest_ms = rest_ms;
	schemes[index].target_nid = plan.nodes[target].demote_to;
	schemes[index].max_nr_accesses = 0;
	schemes[index].min_age = to_aggregations(demote_min_age_us, settings);
	set_quota(index, DAMONXX_NODE_MEM_FREE_BP, fast,
		  goal_of_free(node_of(fast)));
	set_filter(index, target);
	set_watermarks(index, fast);
}

// A placeholder that matches no region.
void add_nothing(u32 index)
{
	damonxx_scheme_init(&schemes[index], DAMONXX_STAT);
	schemes[index].min_size = u64_max;
}

void set_schemes(damonxx_settings &settings)
{
	u32 used[2] = {};

	for (u32 i = 0; i < 2 * nr_pairs; i++)
		add_nothing(i);
	for (u32 i = 0; i < plan.nr_nodes; i++) {
		if (plan.nodes[i].promote_to != no_node)
			add_promotion(2 * used[promote]++ + promote, i, settings);
		if (plan.nodes[i].demote_to != no_node)
			add_demotion(2 * used[demote]++ + demote, i, settings);
	}
	settings.schemes = schemes;
	settings.nr_schemes = 2 * nr_pairs;
}

void configure(damonxx_settings *settings, const damonxx_monitoring *running)
{
	monitoring.configure(*settings, running);
	nr_pairs = max(running ? nr_pairs : 0, max(plan.nr_promotions(), plan.nr_demotions()));
	set_targets(*settings);
	set_schemes(*settings);
}

// Writes the tiers of the current topology; invalid overrides are ignored.
void tell_tiers(char *buffer, u32 size)
{
	damonxx_reason unused;

	damonxx_numa_topology_read(&topology);
	tier_plan found = find_tiers(topology);
	static_cast<void>(apply_overrides(found, overrides(), unused));
	describe_tiers(found, buffer, size);
}

constexpr damonxx_parameter of_direction(const table_row &of, u32 direction, u64 offset)
{
	return summed(counter(of, direction, offset), 2);
}

constexpr damonxx_parameter bytes_of_direction(const table_row &of, u32 direction, u64 offset)
{
	return summed(bytes_counter(of, direction, offset), 2);
}

constexpr auto parameters = join(
	control_rows<table>(), sampling_rows<table>(monitoring), watermark_rows<table>(watermarks),
	rows(node(table::promote_target_nid, promote_target_nid),
	     node(table::demote_target_nid, demote_target_nid),
	     number(table::promote_target_mem_used_bp, promote_used_bp),
	     number(table::demote_target_mem_free_bp, demote_free_bp),
	     number(table::promote_min_access_freq, promote_permil),
	     number(table::promote_min_age, promote_min_age_us),
	     number(table::demote_min_age, demote_min_age_us),
	     number(table::quota_ms, quota_ms),
	     number(table::quota_sz, quota_bytes),
	     number(table::quota_reset_interval_ms, quota_reset_interval_ms),
	     text(table::tiers, tell_tiers),
	     of_direction(table::nr_promote_tried_regions, promote, STATS_MEMBER(nr_tried)),
	     bytes_of_direction(table::bytes_promote_tried_regions, promote, STATS_MEMBER(sz_tried)),
	     of_direction(table::nr_promoted_regions, promote, STATS_MEMBER(nr_applied)),
	     bytes_of_direction(table::bytes_promoted_regions, promote, STATS_MEMBER(sz_applied)),
	     of_direction(table::nr_promote_quota_exceeds, promote, STATS_MEMBER(qt_exceeds)),
	     of_direction(table::nr_demote_tried_regions, demote, STATS_MEMBER(nr_tried)),
	     bytes_of_direction(table::bytes_demote_tried_regions, demote, STATS_MEMBER(sz_tried)),
	     of_direction(table::nr_demoted_regions, demote, STATS_MEMBER(nr_applied)),
	     bytes_of_direction(table::bytes_demoted_regions, demote, STATS_MEMBER(sz_applied)),
	     of_direction(table::nr_demote_quota_exceeds, demote, STATS_MEMBER(qt_exceeds))));

} // namespace

} // namespace damon

constinit damonxx_module damonxx_tier_module = damon::make_module(
	"damonxx_tier", "kdamond.tier", damon::parameters, damon::configure, {}, damon::prepare);
