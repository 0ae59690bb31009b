// SPDX-License-Identifier: GPL-2.0
// A thread of the torture test: performs one random operation on contexts after the other.
#pragma once
#include "kunit/torture/checker.hh"
#include "kunit/torture/world.h"

namespace damon::torture {

// The data that all threads share; it outlives them.
struct table {
	table(const damonxx_torture_settings &given, vec<own<slot>> &at)
		: settings{given}, slots{at}
	{
	}

	const damonxx_torture_settings settings;
	vec<own<slot>> &slots;
	log found;
	bool begun = false; // all threads have been created
	bool over = false;  // no thread begins another operation

	bool is_begun() const { return __atomic_load_n(&begun, __ATOMIC_ACQUIRE); }
	bool is_over() const { return __atomic_load_n(&over, __ATOMIC_ACQUIRE); }
	u64 patience_ns() const { return u64{settings.patience_s} * 1'000'000'000; }
};

class thread {
public:
	thread(table &of, u32 index, prng random)
		: table_{of}, random_{random}, where_{index, 0, operation::look}, checker_{of.found,
											   where_}
	{
	}
	~thread() { stop(); }

	status start();
	// Waits until the thread has exited.
	void stop();

	// Called by the supervisor: interrupts long waits, and logs an answer that takes too long.
	// False: it takes too long.
	bool watch(u64 now_ns);
	// The last operation has finished, or the thread was never started.
	bool is_done() const { return !thread_ || __atomic_load_n(&done_, __ATOMIC_ACQUIRE); }

private:
	static void entry(kapi_thread *self, void *argument);
	void run(kapi_thread *self);
	void do_one();
	void pause(kapi_thread *self);
	void act(operation next);

	void make();
	void with_session(operation next);
	void start_context(session &s);
	void commit(session &s);
	void read_stats(session &s);
	void collect(session &s);
	bool collect_once(session &s, context::detail wanted, bool settled);
	void look(session &s);
	void audit(session &s);
	void wait_exit(session &s);
	void stop_context(session &s);
	void halt(session &s);
	void let_go(session_ref old);
	void fail_allocation();
	void disturb();

	bool all_targets_are_gone(session &s);
	void expect_the_end(session &s);
	bool before(u64 deadline_ns);
	void expect_refusal(status answer, const sight &seen, bool exact, session &s);
	bool broken(const char *condition, const char *file, int line) const
	{
		return checker_.broken(condition, file, line);
	}
	void count(status answer) { table_.found.count(where_.doing, answer); }

	table &table_;
	prng random_;
	place where_;
	checker checker_;
	kapi_thread *thread_ = nullptr;
	kapi_thread *self_ = nullptr; // the same, set by the thread
	plan asked_;
	sight seen_;
	u64 asked_ns_ = 0;   // start of the current operation; 0: none
	bool waits_ = false; // the operation may take long
	bool done_ = false;
};

} // namespace damon::torture
