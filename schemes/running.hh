// SPDX-License-Identifier: GPL-2.0
// A scheme at work: what the user wants of it, what came of it, and where it goes on.
#pragma once
#include "core/attrs.hh"
#include "schemes/core_filter.hh"
#include "schemes/goal_metric.hh"
#include "schemes/goal_tuner.hh"
#include "schemes/priority.hh"
#include "schemes/quota.hh"

namespace damon {

// In a target's regions.
struct place {
	u32 target = 0;
	u64 address = 0;
	bool known = false;

	bool operator==(const place &) const = default;
};

struct scheme {
	scheme_inputs wanted;
	scheme_stats stats;
	u64 next_apply_samples = 0;	// 0: not scheduled yet
	bool resting = false;		// by its watermarks

	// What the shims are asked to do, but for the range.
	vec<kapi_filter> filters = {};
	vec<kapi_destination> destinations = {};
	kapi_action_request request = {};
	bool acts = false;		// there is something to do or to look at
	preference prefers = preference::none;

	quota_account quota = {};
	goal_tuning tuning = {};
	vec<psi_baseline> baselines = {};	// one for each goal
	u32 min_score = 0;

	// A pass goes over all regions once.  One that was interrupted, or ended with its quota,
	// goes on from a place; memory below has had its turn.
	bool in_pass = false;
	bool cut_short = false;		// by the quota, or by its watermarks
	place done;			// to where this pass has acted last
	place resume;
	place cut;			// where this pass cut a region last
	place resume_cut;		// where an earlier one did

	// Takes @in over and allocates all that a scheme works with, for physical memory or
	// processes'.  nomem.
	status build(scheme_inputs &in, bool physical);
	// Goes on from what @before, which it replaces, has counted and learnt.
	void take_results(const scheme &before);

	// Region @i's priority, from 0 to 99.
	u32 priority(const region_table &regions, u32 i, const aggregation_position &at,
		     u64 aggr_us) const;
	// What the core's filters say of the beginning of region @i.
	filter_verdict judge(const region_table &regions, u32 i, u32 target_index,
			     const aggregation_position &at, const probe_weights &weights) const
	{
		return judge_from(regions.range(i).start, regions, i, target_index, at, weights);
	}
	// How much of region @i they accept.
	u64 accepted_bytes(const region_table &regions, u32 i, u32 target_index,
			   const aggregation_position &at, const probe_weights &weights) const;
	// Counts a try of @bytes.
	void note(u64 bytes, const kapi_action_request &outcome);

	bool limited() const { return wanted.quota.limits(); }
	bool full() const { return limited() && quota.full(wanted.quota); }
	u64 interval_samples(const monitoring_attrs &attrs) const
	{
		const u64 interval_us = wanted.apply_interval_us;
		return attrs.samples_in(interval_us ? interval_us : attrs.aggr_us);
	}
	void schedule(u64 now_samples, const monitoring_attrs &attrs)
	{
		next_apply_samples = now_samples + interval_samples(attrs);
	}
	bool due(u64 now_samples) const { return now_samples >= next_apply_samples; }
	bool exhausted() const
	{
		return wanted.max_nr_snapshots && stats.nr_snapshots >= wanted.max_nr_snapshots;
	}

private:
	filter_verdict judge_from(u64 start, const region_table &regions, u32 i, u32 target_index,
				  const aggregation_position &at,
				  const probe_weights &weights) const;
};

} // namespace damon
