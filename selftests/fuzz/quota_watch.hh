// SPDX-License-Identifier: GPL-2.0
#pragma once

// What the quotas of a running monitor's schemes allow, from their settings, the clock and what the
// actions were seen to do: nothing of it is asked of the product.

#include "quota_model.hh"

#include "core/kdamond/monitor.hh"

#include <vector>

namespace fuzz {

// The settings of one scheme that matter here.
struct scheme_settings {
	damon::quota_inputs limits = {}; // without goals
	std::vector<damon::goal> goals = {};
	u64 max_nr_snapshots = 0;
	bool acts = false; // calls of actions are seen
	bool is_stat = true;
};

class quota_watch {
public:
	// A commit: schemes go on by their index.
	void renew(std::vector<scheme_settings> schemes)
	{
		watched_.resize(schemes.size());
		for (size_t i = 0; i < schemes.size(); i++) {
			watched &w = watched_[i];

			if (w.settings.limits.tuner != schemes[i].limits.tuner)
				w.goals = {};
			w.settings = std::move(schemes[i]);
			w.stale = true;
		}
	}
	const scheme_settings &settings(size_t i) const { return watched_[i].settings; }
	size_t size() const { return watched_.size(); }

	// Before the end of a sample, when schemes may act.
	void begin(const damon::monitor &m)
	{
		for (size_t i = 0; i < watched_.size(); i++) {
			watched_[i].before = m.config().schemes[static_cast<u32>(i)].stats;
			watched_[i].acts.clear();
		}
		begun_ns_ = kapi_now_ns();
		begun_bytes_ = damon::total_bytes_of(m.config().targets.all());
	}
	// A part of scheme @i's action; the first one of a region begins a new act.
	void note_part(size_t i, bool first, const damon::addr_range &asked, u64 end, u64 applied,
		       u64 took_ns)
	{
		if (i >= watched_.size())
			return;
		std::vector<act> &acts = watched_[i].acts;

		if (first)
			acts.push_back({asked.start, asked.start, 0, 0});
		// At least a page, whole pages, and nothing beyond the region.
		acts.back().end =
			std::min(std::max(end / 4096 * 4096, asked.start + 4096), asked.end);
		acts.back().applied += applied;
		acts.back().took_ns += took_ns;
		longest_part_ns_ = std::max(longest_part_ns_, took_ns);
	}
	// After it.
	void check(const damon::monitor &m)
	{
		const std::vector<host::trace_event> rounds =
			host::traced(KAPI_TRACE_STAT_AFTER_APPLY);
		const std::vector<host::trace_event> sizes = host::traced(KAPI_TRACE_ESZ);
		std::vector<bool> had_pass(watched_.size());
		std::vector<u64> told(watched_.size(), largest);
		std::vector<u32> nr_told(watched_.size());

		for (; nr_passes_ < rounds.size(); nr_passes_++)
			had_pass[rounds[nr_passes_].scheme] = true;
		for (; nr_sizes_ < sizes.size(); nr_sizes_++) {
			told[sizes[nr_sizes_].scheme] = sizes[nr_sizes_].effective_size;
			nr_told[sizes[nr_sizes_].scheme]++;
		}
		for (size_t i = 0; i < watched_.size(); i++)
			decide(m, i, had_pass[i], nr_told[i], told[i]);
		std::vector<u64> exceeds(watched_.size());
		for (size_t i = 0; i < watched_.size(); i++)
			charge(m, i, exceeds);
		for (size_t i = 0; i < watched_.size(); i++)
			must_be_within(m, i, exceeds[i]);
	}

private:
	struct act {
		u64 start, end, applied, took_ns;
	};
	struct watched {
		scheme_settings settings;
		quota_model quota;
		goal_model goals;
		damon::scheme_stats before;
		std::vector<act> acts;
		bool stale = false;
		// The highest limits in this window, which a commit may change.
		wide most = 0, most_bytes = 0, most_ms = 0;
		// What was charged is not known exactly, or a goal goes by what cannot be known here.
		bool unsure = false;
	};

	static bool limited(const scheme_settings &s)
	{
		return s.limits.ms || s.limits.bytes || !s.goals.empty();
	}

	// The goal that is nearest counts.
	static u64 score_of(const scheme_settings &s)
	{
		wide highest = 0;

		for (const damon::goal &g : s.goals)
			highest =
				std::max(highest, wide{g.current_value} * 10'000 / g.target_value);
		return at_most_u64(highest);
	}

	// What is decided when a round begins.
	void decide(const damon::monitor &m, size_t i, bool had_pass, u32 nr_told, u64 told)
	{
		watched &w = watched_[i];
		const scheme_settings &s = w.settings;
		const damon::quota_inputs &limits = s.limits;
		const bool exhausted =
			s.max_nr_snapshots && w.before.nr_snapshots >= s.max_nr_snapshots;
		const u64 slack = std::max<u64>(m.config().attrs.sample_us, 1) * 1'000 / 2;

		if (!had_pass || exhausted || !limited(s)) {
			MUST(nr_told == 0, i, "tells a size without a round", told);
			return;
		}
		const bool due = w.quota.window_due(limits, begun_ns_, slack);
		MUST(nr_told == (due || w.stale), i, nr_told, due, w.stale, begun_ns_);
		if (!due && !w.stale)
			return;
		if (due) {
			w.quota.begin_window(limits, begun_ns_, slack);
			w.most = w.most_bytes = w.most_ms = 0;
		}
		w.stale = false;
		w.most_bytes = std::max<wide>(w.most_bytes, limits.bytes ? limits.bytes : largest);
		w.most_ms = std::max<wide>(w.most_ms, limits.ms ? limits.ms : largest);
		// How much matches is not known here.
		const bool by_matching = !s.goals.empty() &&
					 limits.tuner == damon::goal_tuner::proportional &&
					 !limits.bytes;
		const wide goal_bytes =
			s.goals.empty() ? wide{largest}
			: by_matching
				? wide{std::max(begun_bytes_, damon::total_bytes_of(m.config().targets.all()))}
				: w.goals.allowed(limits.tuner, limits.bytes, score_of(s), 0, due);
		w.quota.allow(limits, goal_bytes);
		const u64 unit = m.config().addr_unit;
		if (by_matching || (w.unsure && limits.ms)) {
			MUST(by_matching ? told <= w.quota.effective() / unit || limits.ms : true,
			     i, told);
			w.quota.set_effective(
				m.config().schemes[static_cast<u32>(i)].quota.effective_bytes());
		}
		MUST(told == w.quota.effective() / unit, i, told, at_most_u64(w.quota.effective()),
		     due);
		w.most = std::max(w.most, w.quota.effective());
	}

	void charge(const damon::monitor &m, size_t i, std::vector<u64> &exceeds)
	{
		watched &w = watched_[i];
		const damon::scheme_stats &now = m.config().schemes[static_cast<u32>(i)].stats;
		u64 rest = now.sz_tried - w.before.sz_tried;

		if (!limited(w.settings))
			return;
		for (const act &a : w.acts) {
			const u64 tried = a.end - a.start;

			MUST(tried <= rest, i, "more was done than was counted", tried, rest);
			rest -= tried;
			charge_all(i, w.quota.charge_of(w.settings.limits, tried, a.applied),
				   a.took_ns, exceeds);
		}
		if (!rest)
			return;
		w.unsure |= w.settings.limits.fail_charge_denom != 0;
		charge_all(i, w.settings.limits.fail_charge_denom ? 0 : rest, 0, exceeds);
	}

	void charge_all(size_t i, u64 bytes, u64 took_ns, std::vector<u64> &exceeds)
	{
		const u32 pool = watched_[i].settings.limits.pool;

		exceeds[i] += watched_[i].quota.charge(watched_[i].settings.limits, bytes, took_ns);
		for (size_t k = 0; k < watched_.size() && pool; k++)
			if (k != i && watched_[k].settings.limits.pool == pool &&
			    limited(watched_[k].settings))
				exceeds[k] += watched_[k].quota.charge_for_another(
					watched_[k].settings.limits, bytes, took_ns);
	}

	void must_be_within(const damon::monitor &m, size_t i, u64 exceeds)
	{
		const watched &w = watched_[i];
		const damon::scheme_stats &now = m.config().schemes[static_cast<u32>(i)].stats;

		MUST(now.qt_exceeds - w.before.qt_exceeds <= 1, i);
		if (!limited(w.settings) || w.unsure)
			return;
		MUST(w.quota.charged() <= w.most, i, "above the quota",
		     at_most_u64(w.quota.charged()), at_most_u64(w.most));
		if (w.settings.limits.pool && w.settings.limits.bytes)
			MUST(w.quota.charged() + w.quota.charged_to_others() <= w.most_bytes ||
				     pool_is_uneven(i),
			     i, "above the pool's quota");
		MUST(w.quota.spent_ns() <= w.most_ms * 1'000'000 + longest_part_ns_, i,
		     "above the time", at_most_u64(w.quota.spent_ns()), longest_part_ns_);
		if (!any_unsure())
			MUST(now.qt_exceeds - w.before.qt_exceeds == exceeds, i, exceeds,
			     at_most_u64(w.quota.charged()), at_most_u64(w.most));
	}

	// Members may have other limits, and windows that begin at other times.
	bool pool_is_uneven(size_t i) const
	{
		const damon::quota_inputs &mine = watched_[i].settings.limits;

		for (const watched &w : watched_)
			if (limited(w.settings) && w.settings.limits.pool == mine.pool &&
			    (w.settings.limits.bytes != mine.bytes ||
			     w.settings.limits.reset_interval_ms != mine.reset_interval_ms ||
			     w.most_bytes != watched_[i].most_bytes ||
			     w.quota.start() != watched_[i].quota.start()))
				return true;
		return false;
	}
	bool any_unsure() const
	{
		return std::any_of(watched_.begin(), watched_.end(),
				   [](const watched &w) { return w.unsure; });
	}

	std::vector<watched> watched_;
	size_t nr_passes_ = 0, nr_sizes_ = 0; // events that were looked at
	u64 begun_ns_ = 0, begun_bytes_ = 0;
	u64 longest_part_ns_ = 0;
};

} // namespace fuzz
