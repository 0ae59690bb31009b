// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/kdamond.hh"

namespace damon {

namespace {

constexpr u64 ns_per_second = 1'000'000'000;
constexpr u64 ns_per_us = 1'000;

} // namespace

status kdamond::start(const char *name)
{
	TRY(thread_.with([&](kapi_thread *&thread) -> status {
		return status::from_errno(kapi_thread_start(&thread, name, entry, this));
	}));
	begun_.wait();
	return ok;
}

void kdamond::stop()
{
	thread_.with([](kapi_thread *&thread) {
		if (thread)
			kapi_thread_stop(std::exchange(thread, nullptr));
	});
}

int kdamond::pid()
{
	return thread_.with([this](kapi_thread *thread) {
		return thread && running() ? kapi_thread_pid(thread) : -1;
	});
}

void kdamond::entry(kapi_thread *self, void *argument)
{
	static_cast<kdamond *>(argument)->run(self);
}

void kdamond::run(kapi_thread *self)
{
	__atomic_store_n(&running_, true, __ATOMIC_RELEASE);
	requests_.open(self);
	begun_.complete();
	record_wake();
	monitor_.set_interrupt_check({is_wanted, this});
	monitor_.set_yield_hook({serve_readers, this});
	monitor_.begin();

	u64 deadline = kapi_now_ns();
	mark_ns_ = deadline;
	for (;;) {
		const u64 begun = kapi_now_ns();
		settle_account(begun);
		const step next = choose_step();
		if (!begin_step(next))
			break;
		deadline = deadline_of(next, deadline, begun);
		const wake_reason why = sleep_until(self, deadline);
		if (why == wake_reason::stop)
			break;
		if (why == wake_reason::due)
			end_step(next);
		finish_passes();
		kapi_cond_resched();
	}
	settle_account(kapi_now_ns());
	requests_.close();
	monitor_.end();
	__atomic_store_n(&running_, false, __ATOMIC_RELEASE);
}

kdamond::step kdamond::choose_step()
{
	if (monitor_.paused())
		return {step_kind::paused};
	if (const u64 sleep_us = monitor_.deactivated_us())
		return {step_kind::deactivated, sleep_us};
	if (const u64 samples = samples_to_skip())
		return {step_kind::skip, samples};
	return {step_kind::sample};
}

// False: no target is left.
bool kdamond::begin_step(const step &next)
{
	switch (next.kind) {
	case step_kind::sample:
		return monitor_.prepare(planned_checks());
	case step_kind::skip:
		return true;
	case step_kind::deactivated:
		if (!monitor_.alive())
			return false;
		[[fallthrough]];
	case step_kind::paused:
		monitor_.pause();
		return true;
	}
	return false;
}

// Also counts missed samples: only sample steps can be late.
u64 kdamond::deadline_of(const step &next, u64 previous_ns, u64 begun_ns)
{
	const u64 sample_ns = monitor_.config().attrs.sample_ns();

	switch (next.kind) {
	case step_kind::skip:
		return saturating_add(begun_ns, saturating_mul(next.amount, sample_ns));
	case step_kind::deactivated:
		return saturating_add(begun_ns, saturating_mul(next.amount, ns_per_us));
	case step_kind::sample:
	case step_kind::paused:
		break;
	}
	const u64 deadline_ns = next_deadline(previous_ns, begun_ns);
	if (next.kind == step_kind::sample)
		record_lateness(previous_ns, begun_ns, deadline_ns);
	return deadline_ns;
}

void kdamond::end_step(const step &done)
{
	if (done.kind == step_kind::sample)
		monitor_.check();
	else if (done.kind == step_kind::skip)
		monitor_.skip(done.amount);
}

// Whether requests are pending or the thread should stop.
bool kdamond::is_wanted(const void *self)
{
	return static_cast<const kdamond *>(self)->requests_.pending() || kapi_thread_should_stop();
}

void kdamond::serve_readers(void *self)
{
	kdamond &w = *static_cast<kdamond *>(self);

	kapi_cond_resched();
	w.requests_.serve_readers(w.monitor_);
}

// Serves the requests that interrupted apply passes, then resumes the passes; each time they make
// progress, so this ends.  No sample is prepared at this point, so a commit ends none.
void kdamond::finish_passes()
{
	while (monitor_.has_interrupted_passes() && !kapi_thread_should_stop()) {
		requests_.serve(monitor_);
		(void)monitor_.take_restart();
		monitor_.resume_passes();
	}
}

// One sampling interval after the previous deadline, so that work in between does not delay
// samples.  Pages are tested in the order in which they were cleared, so each is observed for about
// the time since clearing began, which is at least half an interval.  A kdamond that cannot keep up
// still sleeps for a short time.
u64 kdamond::next_deadline(u64 previous_ns, u64 begun_ns) const
{
	const u64 interval = monitor_.config().attrs.sample_ns();
	const u64 least = saturating_add(kapi_now_ns(), interval / 16);
	// After a commit has ended a step early, its deadline is still in the future.
	const u64 next = saturating_add(min(previous_ns, begun_ns), interval);

	if (next >= saturating_add(begun_ns, interval / 2) && next >= least)
		return next;
	return max(saturating_add(begun_ns, interval), least);
}

// By how much a deadline is later than one sampling interval after the previous one.
void kdamond::record_lateness(u64 previous_ns, u64 begun_ns, u64 deadline_ns)
{
	const u64 sample_ns = monitor_.config().attrs.sample_ns();
	const u64 wanted_ns = saturating_add(min(previous_ns, begun_ns), sample_ns);

	late_ns_ += deadline_ns - min(wanted_ns, deadline_ns);
	samples_missed_ += late_ns_ / sample_ns;
	late_ns_ %= sample_ns;
}

// The CPU time of the thread is exact when it wakes up; since then it can have grown by no more
// than the time that has passed.
void kdamond::record_wake()
{
	woken_ns_ = kapi_now_ns();
	cpu_at_wake_ns_ = kapi_thread_cpu_ns();
}

// At the start of a step: charges the CPU time used since the start of the previous one.
void kdamond::settle_account(u64 now_ns)
{
	const u64 cpu_ns = cpu_at_wake_ns_ + (now_ns - woken_ns_);
	const u64 took_ns = cpu_ns - min(cpu_ns_, cpu_ns);
	const u64 work_ns = monitor_.take_work_ns();

	cpu_ns_ = cpu_ns;
	budget_.set_share(monitor_.config().attrs.cpu_permil);
	budget_.account(now_ns, cpu_ns);
	if (std::exchange(looked_, false))
		budget_.learn(took_ns - min(work_ns, took_ns));
	if (now_ns - mark_ns_ >= ns_per_second) {
		cpu_permil_ = mul_div(cpu_ns - min(mark_cpu_ns_, cpu_ns), 1'000, now_ns - mark_ns_);
		mark_ns_ = now_ns;
		mark_cpu_ns_ = cpu_ns;
	}
}

u64 kdamond::samples_to_skip() const
{
	const u64 sample_ns = monitor_.config().attrs.sample_ns();
	const u64 debt_ns = min(budget_.debt_ns(), ns_per_second);

	return debt_ns / sample_ns + (debt_ns % sample_ns != 0);
}

u32 kdamond::planned_checks()
{
	const monitoring_attrs &attrs = monitor_.config().attrs;

	looked_ = true;
	if (!budget_.limited())
		return u32_max;
	return budget_.plan(attrs.sample_ns(),
			    {monitor_.aggregation_work_ns(), attrs.samples_per_aggregation(),
			     monitor_.aggregation_samples()},
			    monitor_.nr_regions());
}

monitoring_stats kdamond::stats() const
{
	monitoring_stats all = monitor_.stats();

	all.samples_missed = samples_missed_;
	all.cpu_ns = cpu_ns_;
	all.cpu_permil = cpu_permil_;
	all.nr_regions = monitor_.nr_regions();
	all.sample_us = monitor_.config().attrs.sample_us;
	all.aggr_us = monitor_.config().attrs.aggr_us;
	return all;
}

kdamond::wake_reason kdamond::sleep_until(kapi_thread *self, u64 deadline_ns)
{
	for (bool due = false;; due = woken_ns_ >= deadline_ns) {
		if (kapi_thread_should_stop())
			return wake_reason::stop;
		requests_.serve(monitor_);
		if (monitor_.take_restart())
			return wake_reason::restart;
		if (due)
			return wake_reason::due;
		kapi_thread_sleep_until(self, deadline_ns);
		record_wake();
	}
}

} // namespace damon
