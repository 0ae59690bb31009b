// SPDX-License-Identifier: GPL-2.0
#include "core/requests.hh"

namespace damon {

status request_queue::submit(request &asked)
{
	const bool queued = state_.with([&](state &s) {
		if (!s.worker)
			return false;
		*s.end = &asked;
		s.end = &asked.next_;
		__atomic_store_n(&pending_, true, __ATOMIC_RELAXED);
		// The worker closes the queue before it goes, so it is there.
		kapi_thread_wake(s.worker);
		return true;
	});

	if (!queued)
		return errc::canceled;
	asked.done_.wait();
	return asked.served_ ? ok : status{errc::canceled};
}

request *request_queue::take_all(bool closing)
{
	return state_.with([&](state &s) {
		request *first = std::exchange(s.first, nullptr);
		s.end = &s.first;
		if (closing)
			s.worker = nullptr;
		__atomic_store_n(&pending_, false, __ATOMIC_RELAXED);
		return first;
	});
}

void request_queue::open(kapi_thread *worker)
{
	state_.with([&](state &s) { s.worker = worker; });
}

void request_queue::serve(monitor &m)
{
	if (!pending())
		return;
	for (request *asked = take_all(false); asked;) {
		request *next = asked->next_;	// it is gone once it is done
		asked->serve_(*asked, m);
		asked->served_ = true;
		asked->done_.complete();
		asked = next;
	}
}

void request_queue::close()
{
	for (request *asked = take_all(true); asked;) {
		request *next = asked->next_;
		asked->done_.complete();
		asked = next;
	}
}

} // namespace damon
