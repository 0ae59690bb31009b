// SPDX-License-Identifier: GPL-2.0
// The work of a kdamond in steps, without its thread, so that host tests can drive it directly.
#pragma once
#include "core/kdamond/configuration.hh"
#include "core/region/region_adjustment.hh"
#include "core/kdamond/stats.hh"
#include "core/region/tuner.hh"
#include "schemes/apply.hh"
#include "damonxx/lib/guard.hh"

namespace damon {

// A caller that waits for a walk to end.
struct walk_wait {
	explicit walk_wait(tried_walk w) : walk{w} {}

	tried_walk walk;
	u32 nr_probes = 0;	// whose hits were collected
	status outcome = errc::canceled;
	completion done;
};

// A function that runs between two batches of access checks.
struct yield_hook {
	void (*play)(void *self) = nullptr;
	void *self = nullptr;

	void operator()() const
	{
		if (play)
			play(self);
	}
};

// From begin() to end() nothing here allocates or fails.  Time is counted in samples.
class monitor {
public:
	monitor(own<configuration> config, u64 seed) : config_{move(config)}, random_{seed} {}

	// Finds the ranges to monitor.
	void begin();
	// Starts a sample: picks a page in each of at most @most_checks regions and clears its
	// accessed bits; the next samples continue with the other regions.  False: no target is
	// left.
	bool prepare(u32 most_checks = u32_max);
	// Ends the sample: counts accesses and hits, and does the aggregation work that is due.
	void check();
	// Advances the sample clock without sampling; aggregation work that is due is delayed.
	void skip(u64 samples);
	// Paused by a commit: no sampling; the sample clock stops.
	bool paused() const { return config_->paused; }
	// Before a sleep without sampling: restores accessed bits and cancels the walk.
	void pause();
	// Microseconds to sleep because the watermarks deactivate all schemes; 0: a scheme is
	// active, or there is none.
	u64 deactivated_us();
	// Apply passes have been interrupted; resume_passes() continues them between samples.
	bool has_interrupted_passes() const { return interrupted_ && !paused(); }
	void resume_passes();
	// Sets the check by which apply passes find out that they should stop early.
	void set_interrupt_check(interruption wanted) { interruption_ = wanted; }
	// Sets the hook that runs between batches of access checks; it must only read.
	void set_yield_hook(yield_hook readers) { yield_hook_ = readers; }
	// False: no target is left.
	bool alive() const;
	// Restores accessed bits, cancels the walk, and drops the references to processes.
	void end();

	// Installs @fresh; after that @fresh is the previous configuration.
	void commit(own<configuration> &fresh);
	// Exchanges the goals of each scheme and their PSI baselines.
	void commit_goals(span<vec<goal>> goals, span<vec<psi_baseline>> baselines);
	// True once after a commit, which ends the sample that prepare() started.
	bool take_restart() { return std::exchange(restart_, false); }

	// busy: another walk goes on; range: @walk was made for another configuration; canceled:
	// paused, or all schemes are deactivated.
	status begin_walk(walk_wait &walk);
	// Does nothing if @walk has ended.
	void cancel_walk(walk_wait &walk);

	const configuration &config() const { return *config_; }
	u64 nr_samples() const { return now_samples_; }
	aggregation_position position() const;
	// Regions of all targets that are not gone.
	u32 nr_regions() const;
	const monitoring_stats &stats() const { return stats_; }
	// Of the last aggregation: time of all work except access checks, and samples taken.
	u64 aggregation_work_ns() const { return aggregation_work_ns_; }
	u64 aggregation_samples() const { return aggregation_samples_; }
	// The time of such work since the last call.
	u64 take_work_ns() { return std::exchange(work_ns_, 0); }

private:
	void find_ranges();
	void begin_aggregation();
	template <typename Work> bool in_batches(target &t, Work work);
	bool clear(target &t);
	void test(target &t);
	void do_aggregation_work();
	template <typename Work> void measure_work(Work work);
	void end_aggregation();
	void tune();
	void apply();
	apply_context make_apply_context();
	void continue_passes(const apply_context &shared);
	bool outdated();
	void update();
	void finish_walk(status outcome);
	void restore_accessed_bits();

	own<configuration> config_;
	prng random_;
	region_adjustment adjustment_;
	walk_wait *walk_ = nullptr;
	u64 now_samples_ = 0;
	u64 next_aggregation_ = 0;
	u64 next_update_ = 0;
	u32 cursor_ = 0;	// the next region to check, if a sample does not check all
	monitoring_stats stats_;
	u64 closed_checks_ = 0; // stats at the end of the last aggregation
	u64 closed_samples_ = 0;
	u64 work_ns_ = 0;
	u64 sum_work_ns_ = 0; // in this aggregation
	u64 aggregation_work_ns_ = 0;
	u64 aggregation_samples_ = 0;
	u64 untuned_aggregations_ = 0; // since the last tuning
	interruption interruption_;
	yield_hook yield_hook_;
	bool restart_ = false;
	bool all_deactivated_ = false;	// by their watermarks
	bool interrupted_ = false;	// apply passes are
	bool cleared_ = false;		// accessed bits have been cleared, but not tested yet
};

} // namespace damon
