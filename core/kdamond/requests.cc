// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/requests.hh"

namespace damon {

status request_queue::submit(request &asked, serve_time when)
{
	const bool queued = state_.with([&](state &s) {
		if (!s.kdamond)
			return false;
		chain &c = s.chains[static_cast<u32>(when)];
		*c.end = &asked;
		c.end = &asked.next_;
		set_pending(when, true);
		// The thread exists: it closes the queue before it exits.
		kapi_thread_wake(s.kdamond);
		return true;
	});

	if (!queued)
		return errc::canceled;
	asked.done_.wait();
	return asked.served_ ? ok : status{errc::canceled};
}

request *request_queue::take_all(serve_time when, bool closing)
{
	return state_.with([&](state &s) {
		chain &c = s.chains[static_cast<u32>(when)];
		request *first = std::exchange(c.first, nullptr);
		c.end = &c.first;
		if (closing)
			s.kdamond = nullptr;
		set_pending(when, false);
		return first;
	});
}

void request_queue::open(kapi_thread *kdamond)
{
	state_.with([&](state &s) { s.kdamond = kdamond; });
}

void request_queue::serve(monitor &m, serve_time when)
{
	if (!has(when))
		return;
	for (request *asked = take_all(when, false); asked;) {
		request *next = asked->next_;	// the caller may free it once it is done
		asked->serve_(*asked, m);
		asked->served_ = true;
		asked->done_.complete();
		asked = next;
	}
}

void request_queue::serve(monitor &m)
{
	serve(m, serve_time::between_steps);
	serve(m, serve_time::within_step);
}

void request_queue::reject(request *asked)
{
	while (asked) {
		request *next = asked->next_;
		asked->done_.complete();
		asked = next;
	}
}

void request_queue::close()
{
	reject(take_all(serve_time::between_steps, true));
	reject(take_all(serve_time::within_step, true));
}

} // namespace damon
