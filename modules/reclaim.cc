// SPDX-License-Identifier: GPL-2.0
// damonxx_reclaim: pages out memory that has not been accessed for some time.
#include "modules/common_parameters.hh"

namespace damon {

namespace {

struct table {
#include "modules/reclaim_parameters.h"
};

constinit auto monitoring = monitoring_parameters::defaults_of<table>();
constinit auto watermarks = watermark_parameters::defaults_of<table>();
constinit u64 min_age_us = table::min_age.initial;
constinit u64 quota_ms = table::quota_ms.initial;
constinit u64 quota_bytes = table::quota_sz.initial;
constinit u64 quota_reset_interval_ms = table::quota_reset_interval_ms.initial;
constinit u64 pressure_us = table::quota_mem_pressure_us.initial;
constinit u64 feedback_bp = table::quota_autotune_feedback.initial;
constinit u64 skip_anon = table::skip_anon.initial;

constexpr u64 feedback_goal_bp = 10'000;

constinit damonxx_scheme scheme{};
constinit damonxx_filter no_anon{};
constinit damonxx_goal goals[2]{};

void add_goal(damonxx_goal_metric metric, u64 target, u64 current)
{
	damonxx_goal &goal = goals[scheme.quota.nr_goals++];

	goal = {};
	goal.metric = metric;
	goal.target_value = target;
	goal.current_value = current;
}

// The size quota is in units of addr_unit, at least one, as 0 is no limit.
void set_quota()
{
	scheme.quota.ms = quota_ms;
	scheme.quota.size = quota_bytes ? max(quota_bytes / monitoring.addr_unit, u64{1}) : 0;
	scheme.quota.reset_interval_ms = quota_reset_interval_ms;
	scheme.quota.age_weight = 1;
	scheme.quota.goals = goals;
	if (pressure_us)
		add_goal(DAMONXX_SOME_MEM_PSI_US, pressure_us, 0);
	if (feedback_bp)
		add_goal(DAMONXX_USER_INPUT, feedback_goal_bp, feedback_bp);
}

void configure(damonxx_settings *settings, const damonxx_monitoring *running)
{
	monitoring.configure(*settings, running);
	damonxx_scheme_init(&scheme, DAMONXX_PAGEOUT);
	scheme.max_nr_accesses = 0;
	scheme.min_age = to_aggregations(min_age_us, *settings);
	set_quota();
	scheme.watermarks = watermarks.marks();
	no_anon = {};
	no_anon.type = DAMONXX_FILTER_ANON;
	no_anon.matching = true;
	scheme.filters = &no_anon;
	scheme.nr_filters = skip_anon ? 1 : 0;
	settings->schemes = &scheme;
	settings->nr_schemes = 1;
}

constexpr auto parameters = join(
	control_rows<table>(), sampling_rows<table>(monitoring),
	range_rows<table>(monitoring), watermark_rows<table>(watermarks),
	rows(number(table::min_age, min_age_us),
	     number(table::quota_ms, quota_ms),
	     number(table::quota_sz, quota_bytes),
	     number(table::quota_reset_interval_ms, quota_reset_interval_ms),
	     number(table::quota_mem_pressure_us, pressure_us),
	     number(table::quota_autotune_feedback, feedback_bp),
	     boolean(table::skip_anon, skip_anon),
	     counter(table::nr_reclaim_tried_regions, 0, STATS_MEMBER(nr_tried)),
	     bytes_counter(table::bytes_reclaim_tried_regions, 0, STATS_MEMBER(sz_tried)),
	     counter(table::nr_reclaimed_regions, 0, STATS_MEMBER(nr_applied)),
	     bytes_counter(table::bytes_reclaimed_regions, 0, STATS_MEMBER(sz_applied)),
	     counter(table::nr_quota_exceeds, 0, STATS_MEMBER(qt_exceeds))));

} // namespace

} // namespace damon

constinit damonxx_module damonxx_reclaim_module = damon::make_module(
	"damonxx_reclaim", "kdamond.reclaim", damon::parameters, damon::configure,
	{DAMONXX_RECLAIM, DAMONXX_LRU_SORT,
	 "damonxx_lru_sort runs, too: memory that it moves to the active list may be paged "
	 "out here; set different monitor_region_start and _end, or disable one of the modules"});
