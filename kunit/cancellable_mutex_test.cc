// SPDX-License-Identifier: GPL-2.0
#include "sysfs/cancellable_mutex.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

constexpr u64 ms_ns = 1'000'000;

// A thread that locks the mutex once.
struct visitor {
	cancellable_mutex &at;
	const u8 *closed;
	int outcome = 1;
	bool done = false;
	kapi_thread *thread = nullptr;

	static void run(kapi_thread *, void *argument)
	{
		auto &self = *static_cast<visitor *>(argument);

		self.outcome = self.at.lock(self.closed).error().to_errno();
		__atomic_store_n(&self.done, true, __ATOMIC_RELEASE);
	}
	bool is_done() const { return __atomic_load_n(&done, __ATOMIC_ACQUIRE); }
};

/*
 * The mutex is unlocked while two threads wait.  The first waiter has been cancelled without a
 * wake-up, so it uses up the wake-up of the unlock and must pass it on to the second waiter.  If a
 * thread begins to wait later than the pause here allows for, the case passes without a test.
 */
struct handover {
	cancellable_mutex between{lock_class::tree};
	u8 closed = 0;
	visitor first{between, &closed};
	visitor second{between, nullptr};
	int rc = 0;
	bool second_came = false;
	completion finished; // kapi_thread_stop() would end the pauses

	static void pause(kapi_thread *self, u64 for_ms)
	{
		kapi_thread_sleep_until(self, kapi_now_ns() + for_ms * ms_ns);
	}
	void queue(kapi_thread *self, visitor &who)
	{
		if (!rc)
			rc = kapi_thread_start(&who.thread, "visitor", visitor::run, &who);
		pause(self, 50);
	}
	void play(kapi_thread *self)
	{
		{
			const auto inside = between.lock();

			queue(self, first);
			queue(self, second);
			__atomic_store_n(&closed, u8{1}, __ATOMIC_RELEASE);
		}
		for (int i = 0; second.thread && !second.is_done() && i < 6'000; i++)
			pause(self, 10);
		second_came = second.is_done();
		between.wake_waiters();
		if (first.thread)
			kapi_thread_stop(first.thread);
		if (second.thread)
			kapi_thread_stop(second.thread);
		finished.complete();
	}
	static void run(kapi_thread *self, void *argument)
	{
		static_cast<handover *>(argument)->play(self);
	}
};

} // namespace

CASE(cancellable_mutex, cancelled_waiter_passes_the_wake_up_on)
{
	handover state;
	kapi_thread *thread = nullptr;

	ASSERT_EQUAL(kapi_thread_start(&thread, "handover", handover::run, &state), 0);
	state.finished.wait();
	kapi_thread_stop(thread);
	ASSERT_EQUAL(state.rc, 0);
	EXPECT(state.second_came);
	EXPECT_EQUAL(state.first.outcome, -static_cast<int>(errc::nodev));
	EXPECT_EQUAL(state.second.outcome, 0);
}

CASE(cancellable_mutex, lock_cancelled_leaves_it_free)
{
	cancellable_mutex between{lock_class::tree};
	const u8 closed = 1;

	EXPECT_ERROR(between.lock(&closed), errc::nodev);
	// The mutex is free again.
	EXPECT_OK(between.lock());
	EXPECT_OK(between.lock());
}
