// SPDX-License-Identifier: GPL-2.0
// A running scheme: its configuration, its statistics, and the position of its apply pass.
#pragma once
#include "core/region/attrs.hh"
#include "schemes/core_filter.hh"
#include "schemes/goal_metric.hh"
#include "schemes/goal_tuner.hh"
#include "schemes/priority.hh"
#include "schemes/quota.hh"

namespace damon {

// A position in a pass over the regions of all targets.
struct scan_position {
	u32 target = 0; // its index
	u64 address = 0;
	bool known = false;

	bool operator==(const scan_position &) const = default;
};

/*
 * A pass of a scheme visits all regions once, in the order of targets and addresses.
 *
 *	 target 0                     target 1
 *	+--------+--------+----------+-------+-----+--------+
 *	|   A    |   B    |    C     |   D   |  E' |   E''  |
 *	+--------+--------+----------+-------+-----+--------+
 *	                  ^                        ^
 *	                  resume                   acted, split
 *
 * This pass started at @resume, where the previous one stopped after A and B.  It acted on C, D and
 * E', for which it split E at @split; it continues at @acted.  A pass stops before the last region
 * if its quota is full, its watermarks deactivate the scheme, or a request interrupts it; where it
 * stopped becomes @resume.
 *
 * Invariants: @split and @resume_split are known only while @active.  @cut_short implies @active.
 * If @acted and @resume are in one target while @active, @acted is not above @resume.
 */
struct pass_state {
	bool deactivated = false;   // by the watermarks
	bool active = false;	    // a pass has begun, and has not ended
	bool cut_short = false;	    // by the quota or the watermarks
	scan_position acted;	    // end of what this pass has acted on
	scan_position resume;	    // where the next pass, or the rest of this one, continues
	scan_position split;	    // where this pass split a region last
	scan_position resume_split; // where it split one to continue at @resume
};

struct scheme {
	scheme_inputs config;
	scheme_stats stats;
	u64 next_apply_samples = 0; // 0: not scheduled yet

	// The request to the shims, whose range is set for each region.
	vec<kapi_filter> filters = {};
	vec<kapi_destination> destinations = {};
	kapi_action_request request = {};
	bool acts = false; // the action has an effect or evaluates filters
	preference prefers = preference::none;

	quota_account quota = {};
	goal_tuning tuning = {};
	vec<psi_baseline> baselines = {}; // one for each goal
	u32 min_score = 0;

	pass_state pass;

	// Takes over @in and allocates all memory that the scheme needs.  @physical: for physical
	// memory, else for processes.  nomem.
	status build(scheme_inputs &in, bool physical);
	// Takes over statistics, quota account, tuning and position of @before, which it replaces.
	void take_results(const scheme &before);

	// Region @i's priority, from 0 to 99.
	u32 priority(const region_table &regions, u32 i, const aggregation_position &at,
		     u64 aggr_us) const;
	// Evaluates the core filters for the first part of region @i.
	filter_result evaluate_filters(const region_table &regions, u32 i, u32 target_index,
				       const aggregation_position &at,
				       const probe_weights &weights) const
	{
		return evaluate_filters_from(regions.range(i).start, regions, i, target_index, at,
					     weights);
	}
	// Bytes of region @i that the core filters accept.
	u64 accepted_bytes(const region_table &regions, u32 i, u32 target_index,
			   const aggregation_position &at, const probe_weights &weights) const;
	// Adds a tried region of @bytes to the statistics.
	void count_try(u64 bytes, const kapi_action_request &outcome);

	bool limited() const { return config.quota.limits(); }
	bool full() const { return limited() && quota.full(config.quota); }
	u64 interval_samples(const monitoring_attrs &attrs) const
	{
		const u64 interval_us = config.apply_interval_us;
		return attrs.samples_in(interval_us ? interval_us : attrs.aggr_us);
	}
	void schedule(u64 now_samples, const monitoring_attrs &attrs)
	{
		next_apply_samples = now_samples + interval_samples(attrs);
	}
	bool due(u64 now_samples) const { return now_samples >= next_apply_samples; }
	bool exhausted() const
	{
		return config.max_nr_snapshots && stats.nr_snapshots >= config.max_nr_snapshots;
	}

private:
	filter_result evaluate_filters_from(u64 start, const region_table &regions, u32 i,
					    u32 target_index, const aggregation_position &at,
					    const probe_weights &weights) const;
};

} // namespace damon
