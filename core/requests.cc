// SPDX-License-Identifier: GPL-2.0
#include "core/requests.hh"

namespace damon {

status request_queue::submit(request &asked, turn when)
{
	const bool queued = state_.with([&](state &s) {
		if (!s.kdamond)
			return false;
		chain &c = s.chains[static_cast<u32>(when)];
		*c.end = &asked;
		c.end = &asked.next_;
		note(when, true);
		// The kdamond closes the queue before it goes, so it is there.
		kapi_thread_wake(s.kdamond);
		return true;
	});

	if (!queued)
		return errc::canceled;
	asked.done_.wait();
	return asked.served_ ? ok : status{errc::canceled};
}

request *request_queue::take_all(turn when, bool closing)
{
	return state_.with([&](state &s) {
		chain &c = s.chains[static_cast<u32>(when)];
		request *first = std::exchange(c.first, nullptr);
		c.end = &c.first;
		if (closing)
			s.kdamond = nullptr;
		note(when, false);
		return first;
	});
}

void request_queue::open(kapi_thread *kdamond)
{
	state_.with([&](state &s) { s.kdamond = kdamond; });
}

void request_queue::serve(monitor &m, turn when)
{
	if (!has(when))
		return;
	for (request *asked = take_all(when, false); asked;) {
		request *next = asked->next_;	// it is gone once it is done
		asked->serve_(*asked, m);
		asked->served_ = true;
		asked->done_.complete();
		asked = next;
	}
}

void request_queue::serve(monitor &m)
{
	serve(m, turn::between_steps);
	serve(m, turn::within_step);
}

void request_queue::turn_away(request *asked)
{
	while (asked) {
		request *next = asked->next_;
		asked->done_.complete();
		asked = next;
	}
}

void request_queue::close()
{
	turn_away(take_all(turn::between_steps, true));
	turn_away(take_all(turn::within_step, true));
}

} // namespace damon
