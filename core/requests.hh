// SPDX-License-Identifier: GPL-2.0
// The only way into a running kdamond: requests that it serves between its steps.
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

// Open from open() to close(), both by the kdamond's life; whoever comes at another time is
// turned away at once, so nobody waits for a kdamond that will not serve.
class request_queue {
public:
	request_queue() : state_{lock_class::requests} {}

	// Runs @action(monitor &) in the kdamond and waits for it, which takes no longer than
	// one step of the kdamond.  canceled: there is no kdamond, and @action did not run.
	template <typename Action> status call(Action action)
	{
		return submit<Action, monitor>(action, turn::between_steps);
	}

	// The same for @action(const monitor &), which need not wait for a whole step.
	template <typename Action> status read(Action action)
	{
		return submit<Action, const monitor>(action, turn::within_step);
	}

	// By the kdamond.
	void open(kapi_thread *kdamond);
	void serve(monitor &m);
	void serve_readers(monitor &m) { serve(m, turn::within_step); }
	void close();
	bool pending() const { return has(turn::between_steps) || has(turn::within_step); }

private:
	enum class turn { within_step, between_steps };
	static constexpr u32 nr_turns = 2;

	struct chain {
		request *first = nullptr;
		request **end = &first;
	};
	struct state {
		kapi_thread *kdamond = nullptr; // null: closed
		chain chains[nr_turns];
	};

	template <typename Action, typename Monitor> status submit(Action &action, turn when)
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
	status submit(request &asked, turn when);
	void serve(monitor &m, turn when);
	static void turn_away(request *asked);
	request *take_all(turn when, bool closing);
	bool has(turn when) const
	{
		return __atomic_load_n(&pending_[static_cast<u32>(when)], __ATOMIC_RELAXED);
	}
	void note(turn when, bool pending)
	{
		__atomic_store_n(&pending_[static_cast<u32>(when)], pending, __ATOMIC_RELAXED);
	}

	guarded<state> state_;
	bool pending_[nr_turns] = {}; // hints: the kdamond looks again after each sleep
};

} // namespace damon
