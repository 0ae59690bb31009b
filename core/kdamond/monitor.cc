// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/monitor.hh"
#include "core/kdamond/attribute_hits.hh"
#include "core/kdamond/trace.hh"
#include "schemes/watermarks.hh"

namespace damon {

void monitor::begin()
{
	find_ranges();
	begin_aggregation();
}

// Finds the ranges of targets that have no regions yet.
void monitor::find_ranges()
{
	for (target &t : config_->targets) {
		if (t.regions.count())
			continue;
		if (t.ranges.empty())
			config_->ops->init(t);
		else
			t.regions.reset(t.ranges.all());
	}
	region_adjustment::enforce_minimum(config_->targets.all(), config_->attrs);
}

// Restarts all intervals.
void monitor::begin_aggregation()
{
	next_aggregation_ = now_samples_ + config_->attrs.samples_per_aggregation();
	next_update_ = now_samples_ + config_->attrs.samples_in(config_->attrs.update_us);
	for (scheme &s : config_->schemes)
		s.schedule(now_samples_, config_->attrs);
}

u32 monitor::nr_regions() const
{
	u32 sum = 0;

	for (const target &t : config_->targets)
		sum += t.gone ? 0 : t.regions.count();
	return sum;
}

// Calls @work for the picked checks in batches, with the yield hook in between, so that readers
// need not wait for all access checks of a target.  @work is also called if no check is picked.
template <typename Work> bool monitor::in_batches(target &t, Work work)
{
	constexpr u32 batch = 1'024;
	const span<kapi_access_check> all = t.regions.picked_checks();
	u32 done = 0;

	for (;;) {
		const u32 count = min(all.size() - done, batch);
		if (!work(all.from(done).first(count)))
			return false;
		done += count;
		if (done == all.size())
			return true;
		yield_hook_();
	}
}

bool monitor::clear(target &t)
{
	return in_batches(
		t, [&](span<kapi_access_check> checks) { return config_->ops->clear(t, checks); });
}

void monitor::test(target &t)
{
	in_batches(t, [&](span<kapi_access_check> checks) {
		config_->ops->test(t, checks);
		return true;
	});
}

bool monitor::prepare(u32 most_checks)
{
	const u32 all = nr_regions();
	bool alive = false;

	if (most_checks >= all || cursor_ >= all)
		cursor_ = 0;
	u32 from = cursor_;	// index among the regions of the remaining targets
	u32 left = min(most_checks, all - cursor_);
	cursor_ += left;
	stats_.probes_skipped += all - left;
	cleared_ = config_->sampling.tests_accesses;
	for (target &t : config_->targets) {
		if (t.gone)
			continue;
		const u32 count = t.regions.count();
		const u32 here = min(left, count - min(from, count));
		t.regions.pick_checks(random_, from, here);
		from -= min(from, count);
		left -= here;
		if (cleared_ ? clear(t) : config_->ops->alive(t)) {
			alive = true;
		} else {
			t.gone = true;
			t.pid = {};
		}
	}
	return alive;
}

void monitor::check()
{
	for (target &t : config_->targets) {
		if (t.gone)
			continue;
		if (cleared_)
			test(t);
		if (config_->sampling.counts_accesses)
			t.regions.count_accesses(stats_.outcomes);
		if (!config_->probes.empty())
			count_hits(*config_, t);
	}
	cleared_ = false;
	now_samples_++;
	stats_.samples++;

	measure_work([this] { do_aggregation_work(); });
}

template <typename Work> void monitor::measure_work(Work work)
{
	const u64 begun_ns = kapi_now_ns();
	work();
	const u64 took_ns = kapi_now_ns() - begun_ns;
	work_ns_ += took_ns;
	sum_work_ns_ += took_ns;
}

void monitor::resume_passes()
{
	measure_work([this] { continue_passes(make_apply_context()); });
}

bool monitor::alive() const
{
	for (const target &t : config_->targets)
		if (!t.gone && config_->ops->alive(t))
			return true;
	return false;
}

u64 monitor::deactivated_us()
{
	u64 least_us = u64_max;

	all_deactivated_ = !config_->schemes.empty();
	for (scheme &s : config_->schemes) {
		s.pass.deactivated = deactivates(s.config.watermarks, s.pass.deactivated);
		all_deactivated_ &= s.pass.deactivated;
		least_us = min(least_us, s.config.watermarks.interval_us);
	}
	return all_deactivated_ ? max(least_us, max(config_->attrs.sample_us, u64{1})) : 0;
}

void monitor::skip(u64 samples)
{
	now_samples_ += samples;
	stats_.samples_skipped += samples;
	stats_.probes_skipped += saturating_mul(samples, nr_regions());
}

void monitor::do_aggregation_work()
{
	const bool aggregation_over = now_samples_ >= next_aggregation_;
	if (aggregation_over)
		adjustment_.end_aggregation(config_->targets.all(), config_->attrs,
					    config_->sampling.weights);
	apply();
	if (aggregation_over) {
		trace_aggregation(*config_);
		end_aggregation();
		adjustment_.begin_aggregation(config_->targets.all(), config_->attrs, random_);
		tune();
	}
	if (now_samples_ >= next_update_ || (aggregation_over && outdated()))
		update();
}

// If this aggregation ended late because of skipped samples, the next one still has at least half
// of its samples.
void monitor::end_aggregation()
{
	const u32 aggr_samples = config_->attrs.samples_per_aggregation();

	next_aggregation_ =
		max(next_aggregation_ + aggr_samples, now_samples_ + max(aggr_samples / 2, 1u));
	aggregation_samples_ = stats_.samples - closed_samples_;
	stats_.aggregations++;
	stats_.checks_per_sample =
		(stats_.checked() - closed_checks_) / max(aggregation_samples_, u64{1});
	closed_samples_ = stats_.samples;
	closed_checks_ = stats_.checked();
	aggregation_work_ns_ = std::exchange(sum_work_ns_, 0);
}

// At the start of an aggregation: tunes the intervals by the accesses that the previous aggregation
// observed.  The next update and apply passes stay due at the same time.
void monitor::tune()
{
	monitoring_attrs &attrs = config_->attrs;
	const monitoring_attrs old = attrs;
	observed_events events;

	if (!attrs.goal.aggrs || ++untuned_aggregations_ < attrs.goal.aggrs)
		return;
	untuned_aggregations_ = 0;
	for (const target &t : config_->targets)
		t.regions.add_events(events);
	if (!tune_intervals(attrs, events))
		return;
	trace_tuning(attrs);

	const u32 aggr_samples = attrs.samples_per_aggregation();
	for (target &t : config_->targets)
		t.regions.rescale(
			{aggr_samples, aggr_samples, aggr_samples, old.aggr_us, attrs.aggr_us});
	const auto keep_time = [&](u64 &at_samples) {
		const u64 left = at_samples - min(now_samples_, at_samples);
		at_samples = now_samples_ + max(mul_div(left, max(old.sample_us, u64{1}),
							max(attrs.sample_us, u64{1})), u64{1});
	};
	keep_time(next_update_);
	for (scheme &s : config_->schemes)
		if (s.config.apply_interval_us)
			keep_time(s.next_apply_samples);
}

bool monitor::outdated()
{
	for (target &t : config_->targets)
		if (config_->ops->outdated(t))
			return true;
	return false;
}

aggregation_position monitor::position() const
{
	const u64 left = next_aggregation_ > now_samples_ ? next_aggregation_ - now_samples_ : 0;

	return {now_samples_, left, config_->attrs.samples_per_aggregation()};
}

apply_context monitor::make_apply_context()
{
	return {.ops = *config_->ops,
		.schemes = config_->schemes.all(),
		.targets = config_->targets.all(),
		.attrs = config_->attrs,
		.weights = config_->sampling.weights,
		.priorities = config_->priorities,
		.unit_bytes = config_->addr_unit,
		.region_limit_bytes =
			region_adjustment::size_limit(config_->targets.all(), config_->attrs),
		.at = position(),
		.random = random_,
		.interrupted = interruption_,
		.walk = walk_ ? &walk_->walk : nullptr};
}

void monitor::apply()
{
	const apply_context shared = make_apply_context();

	begin_passes(shared);
	continue_passes(shared);
}

void monitor::continue_passes(const apply_context &shared)
{
	interrupted_ = !damon::continue_passes(shared);
	if (walk_ && walk_->walk.complete()) {
		walk_->nr_probes = config_->probes.size();
		finish_walk(ok);
	}
}

void monitor::update()
{
	if (now_samples_ >= next_update_)
		next_update_ += config_->attrs.samples_in(config_->attrs.update_us);
	for (target &t : config_->targets)
		config_->ops->update(t);
	region_adjustment::enforce_minimum(config_->targets.all(), config_->attrs);
}

// Testing also sets accessed bits again, where the kernel has no young flag that keeps them.
void monitor::restore_accessed_bits()
{
	for (target &t : config_->targets)
		if (cleared_ && !t.gone)
			test(t);
	cleared_ = false;
}

void monitor::pause()
{
	restore_accessed_bits();
	finish_walk(errc::canceled);
}

void monitor::end()
{
	restore_accessed_bits();
	finish_walk(errc::canceled);
	for (target &t : config_->targets)
		t.pid = {};
}

void monitor::commit(own<configuration> &fresh)
{
	const aggregation_position at = position();
	const monitoring_attrs old = config_->attrs;

	restore_accessed_bits();
	fresh->take_results(*config_);
	std::swap(config_, fresh);

	const monitoring_attrs &attrs = config_->attrs;
	if (!attrs.same_intervals(old)) {
		for (target &t : config_->targets)
			t.regions.rescale({at.left, at.length, attrs.samples_per_aggregation(),
					   old.aggr_us, attrs.aggr_us});
		begin_aggregation();
	}
	for (scheme &s : config_->schemes)
		if (!s.next_apply_samples)
			s.schedule(now_samples_, attrs);
	find_ranges();
	restart_ = true;
	if (walk_ && !walk_->walk.fits(config_->schemes.size(), config_->region_capacity()))
		finish_walk(errc::canceled);
}

void monitor::commit_goals(span<vec<goal>> goals, span<vec<psi_baseline>> baselines)
{
	for (u32 i = 0; i < min(goals.size(), config_->schemes.size()); i++) {
		scheme &s = config_->schemes[i];
		s.config.quota.goals.swap(goals[i]);
		s.baselines.swap(baselines[i]);
	}
}

status monitor::begin_walk(walk_wait &walk)
{
	if (walk_)
		return errc::busy;
	if (!walk.walk.fits(config_->schemes.size(), config_->region_capacity()))
		return errc::range;
	if (paused() || all_deactivated_)
		return errc::canceled;
	walk_ = &walk;
	return ok;
}

void monitor::cancel_walk(walk_wait &walk)
{
	if (walk_ == &walk)
		finish_walk(errc::canceled);
}

void monitor::finish_walk(status outcome)
{
	if (!walk_)
		return;
	walk_->outcome = outcome;
	// The waiting caller may free its walk_wait as soon as it wakes.
	std::exchange(walk_, nullptr)->done.complete();
}

} // namespace damon
