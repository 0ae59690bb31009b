// SPDX-License-Identifier: GPL-2.0
// The only way into a running worker: requests that it serves between its steps.
#pragma once
#include "core/monitor.hh"

namespace damon {

// Lives on the stack of who asks, until it was served or turned away.
class request {
public:
	explicit request(void (*serve)(request &, monitor &)) : serve_{serve} {}

private:
	friend class request_queue;

	void (*serve_)(request &, monitor &);
	request *next_ = nullptr;
	bool served_ = false;
	completion done_;
};

// Open from open() to close(), both by the worker's life; whoever comes at another time is
// turned away at once, so nobody waits for a worker that will not serve.
class request_queue {
public:
	request_queue() : state_{lock_class::requests} {}

	// Runs @action(monitor &) in the worker and waits for it, which takes no longer than
	// one step of the worker.  canceled: there is no worker, and @action did not run.
	template <typename Action> status call(Action action)
	{
		struct bound : request {
			explicit bound(Action &a) : request{run}, action{a} {}
			static void run(request &self, monitor &m)
			{
				static_cast<bound &>(self).action(m);
			}
			Action &action;
		};
		bound asked{action};
		return submit(asked);
	}

	// By the worker.
	void open(kapi_thread *worker);
	void serve(monitor &m);
	void close();
	bool pending() const { return __atomic_load_n(&pending_, __ATOMIC_RELAXED); }

private:
	struct state {
		kapi_thread *worker = nullptr;	// null: closed
		request *first = nullptr;
		request **end = &first;
	};

	status submit(request &asked);
	request *take_all(bool closing);

	guarded<state> state_;
	bool pending_ = false;	// a hint: the worker looks again after each sleep
};

} // namespace damon
