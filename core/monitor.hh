// SPDX-License-Identifier: GPL-2.0
// The work of a kdamond, step by step, without its thread: host tests drive it directly.
#pragma once
#include "core/region_adjustment.hh"
#include "core/stats.hh"
#include "core/tuner.hh"
#include "schemes/apply.hh"
#include "damonxx/guard.hh"

namespace damon {

// Somebody who waits for a walk to be over.
struct walk_wait {
	explicit walk_wait(tried_walk w) : walk{w} {}

	tried_walk walk;
	u32 nr_probes = 0;	// whose hits it tells
	status outcome = errc::canceled;
	completion done;
};

// Somebody who has a turn in between.
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
	// The start of a sample: chooses a page in each region and forgets its accesses.
	// At most @most_checks regions, the others come in the next ones.  False: no target is
	// left.
	bool prepare(u32 most_checks = u32_max);
	// Its end: counts, and does what is due at this point of the aggregation.
	void check();
	// Instead of both: so many samples pass without a look, and what is due waits.
	void skip(u64 samples);
	// Paused by a commit: no sampling; the sample clock stops.
	bool paused() const { return config_->paused; }
	void pause();
	// How long to sleep, in microseconds, while the watermarks deactivate all schemes; 0: some scheme
	// is active.
	u64 deactivated_us();
	// Rounds of schemes have been interrupted: apply() goes on with them, between samples.
	bool has_interrupted_passes() const { return interrupted_ && !paused(); }
	void resume_passes();
	// Who is asked whether passes are to be interrupted.
	void set_interrupt_check(interruption wanted) { interruption_ = wanted; }
	// Who gets a turn where a sample's access checks are partly done, and only reads.
	void set_yield_hook(yield_hook readers) { yield_hook_ = readers; }
	// False: no target is left.
	bool alive() const;
	// Ends the walk, and lets go of the targets.
	void end();

	// Puts @fresh in the place of the present configuration, which it becomes.
	void commit(own<configuration> &fresh);
	// Exchanges the goals of each scheme, and what is known of them.
	void commit_goals(span<vec<goal>> goals, span<vec<psi_baseline>> baselines);
	// True once after a commit: what prepare() did is void.
	bool take_restart() { return std::exchange(restart_, false); }

	// busy: there is one already; range: it was made for another configuration; canceled:
	// paused, or no scheme works.
	status begin_walk(walk_wait &walk);
	// If it still goes on.
	void cancel_walk(walk_wait &walk);

	const configuration &config() const { return *config_; }
	u64 nr_samples() const { return now_samples_; }
	aggregation_position position() const;
	// Of targets that are there.
	u32 nr_regions() const;
	const monitoring_stats &stats() const { return stats_; }
	// What the last aggregation took besides looking, and how many samples were taken in it.
	u64 aggregation_work_ns() const { return aggregation_work_ns_; }
	u64 aggregation_samples() const { return aggregation_samples_; }
	// The first since the last question.
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
	u32 cursor_ = 0;	// the region to go on with, if not all are looked at
	monitoring_stats stats_;
	u64 closed_checks_ = 0; // stats at the end of the last aggregation
	u64 closed_samples_ = 0;
	u64 work_ns_ = 0;
	u64 sum_work_ns_ = 0; // in this aggregation
	u64 aggregation_work_ns_ = 0;
	u64 aggregation_samples_ = 0;
	u64 untuned_aggregations_ = 0; // since the intervals were looked at
	interruption interruption_;
	yield_hook yield_hook_;
	bool restart_ = false;
	bool all_deactivated_ = false;	// by their watermarks
	bool interrupted_ = false;	// passes are
	bool cleared_ = false;		// access checks are prepared, to be finished
};

} // namespace damon
