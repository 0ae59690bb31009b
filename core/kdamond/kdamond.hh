// SPDX-License-Identifier: GPL-2.0
// The kdamond: the monitoring thread, its timing, and its request queue.
#pragma once
#include "core/kdamond/budget.hh"
#include "core/kdamond/requests.hh"

namespace damon {

class kdamond {
public:
	explicit kdamond(own<configuration> config)
		: monitor_{move(config), kapi_random_u64()}, thread_{lock_class::context}
	{
	}
	~kdamond() { stop(); }

	// Starts the thread and returns once it runs.  Can succeed only once.  nomem, intr, again.
	status start(const char *name);
	// Stops the thread and waits until it has exited.  Allowed also if it was never started.
	void stop();
	bool running() const { return __atomic_load_n(&running_, __ATOMIC_ACQUIRE); }
	int pid();

	request_queue &requests() { return requests_; }
	// The running configuration.  Only for the task that commits, as no other task replaces it;
	// and only its sizes, which the kdamond does not change.
	const configuration &config() const { return monitor_.config(); }
	// CONTEXT: within a request, or after requests are rejected because the kdamond has ended.
	monitoring_stats stats() const;

private:
	// What the kdamond does until its next deadline.
	enum class step_kind : u8 {
		sample,
		skip,	     // skips @amount samples, to stay within cpu_permil
		deactivated, // sleeps for @amount microseconds: all schemes are deactivated
		paused,	     // sleeps for a sampling interval, until a commit ends it
	};
	struct step {
		step_kind kind;
		u64 amount = 0;
	};
	enum class wake_reason : u8 { due, restart, stop };

	static void entry(kapi_thread *self, void *argument);
	void run(kapi_thread *self);
	static bool is_wanted(const void *self);
	static void serve_readers(void *self);
	step choose_step();
	bool begin_step(const step &next);
	void end_step(const step &done);
	u64 deadline_of(const step &next, u64 previous_ns, u64 begun_ns);
	void finish_passes();
	wake_reason sleep_until(kapi_thread *self, u64 deadline_ns);
	u64 next_deadline(u64 previous_ns, u64 begun_ns) const;
	void record_lateness(u64 previous_ns, u64 begun_ns, u64 deadline_ns);
	void record_wake();
	void settle_account(u64 now_ns);
	u64 samples_to_skip() const;
	u32 planned_checks();

	monitor monitor_;
	request_queue requests_;
	guarded<kapi_thread *> thread_;
	completion begun_;

	// Private to the kdamond until requests are rejected.
	cpu_budget budget_;
	u64 woken_ns_ = 0;
	u64 cpu_at_wake_ns_ = 0;
	u64 cpu_ns_ = 0;      // at the start of this step
	bool looked_ = false; // the previous step made access checks
	u64 late_ns_ = 0;     // sum of delays of deadlines, modulo the sampling interval
	u64 samples_missed_ = 0;
	u64 mark_ns_ = 0; // start of the second that is being measured
	u64 mark_cpu_ns_ = 0;
	u64 cpu_permil_ = 0; // of the last second that was measured
	bool running_ = false;
};

} // namespace damon
