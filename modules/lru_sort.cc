// SPDX-License-Identifier: GPL-2.0
// damonxx_lru_sort: sorts the LRU lists by access, ahead of reclaim.
#include "modules/common_parameters.hh"

namespace damon {

namespace {

struct table {
#include "modules/lru_sort_parameters.h"
};

constexpr u32 hot = 0;	// scheme indices
constexpr u32 cold = 1;

constinit auto monitoring = monitoring_parameters::defaults_of<table>();
constinit auto watermarks = watermark_parameters::defaults_of<table>();
constinit u64 hot_permil = table::hot_thres_access_freq.initial;
constinit u64 cold_min_age_us = table::cold_min_age.initial;
constinit u64 quota_ms = table::quota_ms.initial;
constinit u64 quota_reset_interval_ms = table::quota_reset_interval_ms.initial;
constinit u64 active_mem_bp = table::active_mem_bp.initial;
constinit u64 filter_young_pages = table::filter_young_pages.initial;

constexpr u64 all_bp = 10'000;
// Overlap of the two goals, so that at least one scheme is below its goal at any time.
constexpr u64 overlap_bp = 2;

constinit damonxx_scheme schemes[2]{};
constinit damonxx_filter filters[2]{};
constinit damonxx_goal goals[2]{};

u32 hot_accesses(const damonxx_settings &settings)
{
	const u64 samples = max(settings.aggr_us / max(settings.sample_us, u64{1}), u64{1});

	return saturate_u32(mul_div(samples, hot_permil, 1'000));
}

// Sets the limits of one scheme: half of the time quota, but at least 1 ms, as 0 is no limit.
void set_limits(u32 which, damonxx_goal_metric metric, u64 target_bp)
{
	damonxx_scheme &scheme = schemes[which];

	scheme.quota.ms = quota_ms ? max(quota_ms / 2, u64{1}) : 0;
	scheme.quota.reset_interval_ms = quota_reset_interval_ms;
	scheme.quota.nr_accesses_weight = 1;
	scheme.quota.age_weight = 1;
	goals[which] = {};
	goals[which].metric = metric;
	goals[which].target_value = target_bp;
	scheme.quota.goals = &goals[which];
	scheme.quota.nr_goals = active_mem_bp ? 1 : 0;
	scheme.watermarks = watermarks.marks();
}

// Rejects pages whose young test gives @young: single pages may differ from the rest of the region.
void reject_young(u32 which, bool young)
{
	filters[which] = {};
	filters[which].type = DAMONXX_FILTER_YOUNG;
	filters[which].matching = young;
	schemes[which].filters = &filters[which];
	schemes[which].nr_filters = filter_young_pages ? 1 : 0;
}

void configure(damonxx_settings *settings, const damonxx_monitoring *running)
{
	monitoring.configure(*settings, running);

	damonxx_scheme_init(&schemes[hot], DAMONXX_LRU_PRIO);
	schemes[hot].min_nr_accesses = hot_accesses(*settings);
	set_limits(hot, DAMONXX_ACTIVE_MEM_BP, active_mem_bp);
	reject_young(hot, false);

	damonxx_scheme_init(&schemes[cold], DAMONXX_LRU_DEPRIO);
	schemes[cold].max_nr_accesses = 0;
	schemes[cold].min_age = to_aggregations(cold_min_age_us, *settings);
	set_limits(cold, DAMONXX_INACTIVE_MEM_BP, min(all_bp - active_mem_bp + overlap_bp, all_bp));
	reject_young(cold, true);

	settings->schemes = schemes;
	settings->nr_schemes = 2;
}

constexpr auto parameters = join(
	control_rows<table>(), sampling_rows<table>(monitoring),
	range_rows<table>(monitoring), watermark_rows<table>(watermarks),
	rows(number(table::hot_thres_access_freq, hot_permil),
	     number(table::cold_min_age, cold_min_age_us),
	     number(table::quota_ms, quota_ms),
	     number(table::quota_reset_interval_ms, quota_reset_interval_ms),
	     number(table::active_mem_bp, active_mem_bp),
	     boolean(table::filter_young_pages, filter_young_pages),
	     counter(table::nr_lru_sort_tried_hot_regions, hot, STATS_MEMBER(nr_tried)),
	     bytes_counter(table::bytes_lru_sort_tried_hot_regions, hot, STATS_MEMBER(sz_tried)),
	     counter(table::nr_lru_sorted_hot_regions, hot, STATS_MEMBER(nr_applied)),
	     bytes_counter(table::bytes_lru_sorted_hot_regions, hot, STATS_MEMBER(sz_applied)),
	     counter(table::nr_hot_quota_exceeds, hot, STATS_MEMBER(qt_exceeds)),
	     counter(table::nr_lru_sort_tried_cold_regions, cold, STATS_MEMBER(nr_tried)),
	     bytes_counter(table::bytes_lru_sort_tried_cold_regions, cold, STATS_MEMBER(sz_tried)),
	     counter(table::nr_lru_sorted_cold_regions, cold, STATS_MEMBER(nr_applied)),
	     bytes_counter(table::bytes_lru_sorted_cold_regions, cold, STATS_MEMBER(sz_applied)),
	     counter(table::nr_cold_quota_exceeds, cold, STATS_MEMBER(qt_exceeds))));

} // namespace

} // namespace damon

constinit damonxx_module damonxx_lru_sort_module = damon::make_module(
	"damonxx_lru_sort", "kdamond.lru_sort", damon::parameters, damon::configure,
	{DAMONXX_LRU_SORT, DAMONXX_RECLAIM,
	 "damonxx_reclaim runs, too: memory that is moved to the active list here may be paged "
	 "out there; set different monitor_region_start and _end, or disable one of the modules"});
