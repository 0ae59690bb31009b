// SPDX-License-Identifier: GPL-2.0
// Requests that a running kdamond serves between its steps: the only access for other tasks.
#pragma once
#include "core/kdamond/monitor.hh"

namespace damon {

// On the stack of the caller until it has been served or rejected.
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

// The kdamond opens it when it starts and closes it before it ends.  While closed, requests are
// rejected at once, so no caller waits for a kdamond that will not serve it.
class request_queue {
public:
	request_queue() : state_{lock_class::requests} {}

	// Runs @action(monitor &) in the kdamond and waits for it, for at most one step of the
	// kdamond.  canceled: the kdamond does not run, and @action did not run.
	template <typename Action> status call(Action action)
	{
		return submit<Action, monitor>(action, serve_time::between_steps);
	}

	// The same for @action(const monitor &), which is also served within a step.
	template <typename Action> status read(Action action)
	{
		return submit<Action, const monitor>(action, serve_time::within_step);
	}

	// Called by the kdamond.
	void open(kapi_thread *kdamond);
	void serve(monitor &m);
	void serve_readers(monitor &m) { serve(m, serve_time::within_step); }
	void close();
	bool pending() const
	{
		return has(serve_time::between_steps) || has(serve_time::within_step);
	}

private:
	enum class serve_time { within_step, between_steps };
	static constexpr u32 nr_serve_times = 2;

	struct chain {
		request *first = nullptr;
		request **end = &first;
	};
	struct state {
		kapi_thread *kdamond = nullptr; // null: closed
		chain chains[nr_serve_times];
	};

	template <typename Action, typename Monitor> status submit(Action &action, serve_time when)
	{
		struct bound : request {
			explicit bound(Action &a) : request{run}, action{a} {}
			static void run(request &self, monitor &m)
			{
				static_cast<bound &>(self).action(static_cast<Monitor &>(m));
			}
			Action &action;
		};
		bound asked{action};
		return submit(asked, when);
	}
	status submit(request &asked, serve_time when);
	void serve(monitor &m, serve_time when);
	static void reject(request *asked);
	request *take_all(serve_time when, bool closing);
	bool has(serve_time when) const
	{
		return __atomic_load_n(&pending_[static_cast<u32>(when)], __ATOMIC_RELAXED);
	}
	void set_pending(serve_time when, bool pending)
	{
		__atomic_store_n(&pending_[static_cast<u32>(when)], pending, __ATOMIC_RELAXED);
	}

	guarded<state> state_;
	bool pending_[nr_serve_times] = {}; // hints: the kdamond checks again after each sleep
};

} // namespace damon
