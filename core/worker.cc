// SPDX-License-Identifier: GPL-2.0
#include "core/worker.hh"

namespace damon {

status worker::start(const char *name)
{
	TRY(thread_.with([&](kapi_thread *&thread) -> status {
		return status::from_errno(kapi_thread_start(&thread, name, entry, this));
	}));
	begun_.wait();
	return ok;
}

void worker::stop()
{
	thread_.with([](kapi_thread *&thread) {
		if (thread)
			kapi_thread_stop(std::exchange(thread, nullptr));
	});
}

int worker::pid()
{
	return thread_.with([this](kapi_thread *thread) {
		return thread && running() ? kapi_thread_pid(thread) : -1;
	});
}

void worker::entry(kapi_thread *self, void *argument)
{
	static_cast<worker *>(argument)->run(self);
}

void worker::run(kapi_thread *self)
{
	__atomic_store_n(&running_, true, __ATOMIC_RELEASE);
	requests_.open(self);
	begun_.complete();
	monitor_.begin();

	u64 deadline = kapi_now_ns();
	for (;;) {
		const u64 begun = kapi_now_ns();
		const bool paused = monitor_.paused();
		if (paused)
			monitor_.pause();
		else if (!monitor_.prepare())
			break;
		deadline = next_deadline(deadline, begun);
		const rest why = rest_until(self, deadline);
		if (why == rest::stop)
			break;
		if (why == rest::due && !paused)
			monitor_.check();
		kapi_cond_resched();
	}
	requests_.close();
	monitor_.end();
	__atomic_store_n(&running_, false, __ATOMIC_RELEASE);
}

// One sampling interval after the previous deadline, so that the work in between costs no
// samples.  Pages are tested in the order they were cleared in, so each gets about the time
// from when clearing began; that is at least half an interval.  A worker that cannot keep up
// still sleeps a little.
u64 worker::next_deadline(u64 previous_ns, u64 begun_ns) const
{
	const u64 interval = monitor_.config().attrs.sample_ns();
	const u64 least = saturating_add(kapi_now_ns(), interval / 16);
	// A deadline that a commit has overtaken is still to come.
	const u64 next = saturating_add(min(previous_ns, begun_ns), interval);

	if (next >= saturating_add(begun_ns, interval / 2) && next >= least)
		return next;
	return max(saturating_add(begun_ns, interval), least);
}

worker::rest worker::rest_until(kapi_thread *self, u64 deadline_ns)
{
	for (;;) {
		if (kapi_thread_should_stop())
			return rest::stop;
		requests_.serve(monitor_);
		if (monitor_.take_restart())
			return rest::restart;
		if (kapi_now_ns() >= deadline_ns)
			return rest::due;
		kapi_thread_sleep_until(self, deadline_ns);
	}
}

} // namespace damon
