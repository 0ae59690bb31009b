// SPDX-License-Identifier: GPL-2.0
// The kdamond: the thread that monitors, its clock, and who may talk to it.
#pragma once
#include "core/budget.hh"
#include "core/requests.hh"

namespace damon {

class kdamond {
public:
	explicit kdamond(own<configuration> config)
		: monitor_{move(config), kapi_random_u64()}, thread_{lock_class::context}
	{
	}
	~kdamond() { stop(); }

	// Returns when the thread has begun.  Once only.
	status start(const char *name);
	// Returns when it is gone; also fine if it never was.
	void stop();
	bool running() const { return __atomic_load_n(&running_, __ATOMIC_ACQUIRE); }
	int pid();

	request_queue &requests() { return requests_; }
	// What the kdamond works with: for who commits, since nobody else replaces it, and only
	// its sizes, which the kdamond does not change.
	const configuration &config() const { return monitor_.config(); }
	// By a request, or when requests are turned away since it has ended.
	monitoring_stats stats() const;

private:
	// What the kdamond does until its next deadline.
	enum class step_kind : u8 {
		sample,
		skip,	     // so many samples, to stay within cpu_permil
		deactivated, // sleep for so many microseconds: no scheme is to work
		paused,	     // sleep for a sampling interval, until a commit ends it
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
	void note_lateness(u64 previous_ns, u64 begun_ns, u64 deadline_ns);
	void note_wake();
	void settle_account(u64 now_ns);
	u64 samples_to_skip() const;
	u32 planned_checks();

	monitor monitor_;
	request_queue requests_;
	guarded<kapi_thread *> thread_;
	completion begun_;

	// The kdamond's own; nobody else reads it before requests are turned away.
	cpu_budget budget_;
	u64 woken_ns_ = 0;
	u64 cpu_at_wake_ns_ = 0;
	u64 cpu_ns_ = 0;      // at the start of this sample
	bool looked_ = false; // in the sample before
	u64 late_ns_ = 0;     // by which deadlines were put off, less than a sample
	u64 samples_missed_ = 0;
	u64 mark_ns_ = 0; // the begin of the second that is being measured
	u64 mark_cpu_ns_ = 0;
	u64 cpu_permil_ = 0; // of the last whole one
	bool running_ = false;
};

} // namespace damon
