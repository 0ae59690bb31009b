// SPDX-License-Identifier: GPL-2.0
// Mutexes, cancellable mutexes, completions and the check of their order, in both clocks.
#include "host.hh"

#include <cerrno>
#include <gtest/gtest.h>

namespace {

class host_locks : public testing::TestWithParam<bool> {
protected:
	void SetUp() override
	{
		if (GetParam())
			host::use_virtual_clock();
	}
};
INSTANTIATE_TEST_SUITE_P(clock, host_locks, testing::Bool(),
			 [](const auto &with) { return with.param ? "virtual" : "real"; });

TEST_P(host_locks, mutex_excludes_other_threads)
{
	kapi_mutex mutex;
	u64 counter = 0;

	kapi_mutex_init(&mutex, 0);
	if (GetParam())
		host::preempt(2);
	auto add = [&] {
		for (int i = 0; i < 1000; i++) {
			kapi_mutex_lock(&mutex);
			const u64 seen = counter;
			kapi_cond_resched();
			counter = seen + 1;
			kapi_mutex_unlock(&mutex);
		}
	};
	host::thread a("a", add);
	host::thread b("b", add);
	a.join();
	b.join();
	EXPECT_EQ(counter, 2000u);
}

TEST_P(host_locks, cancellable_mutex_closed_cancels_waiters)
{
	kapi_cancellable_mutex mutex;
	u8 closed = 0;
	int rc = 0;

	kapi_cancellable_mutex_init(&mutex, 0);
	ASSERT_EQ(kapi_cancellable_mutex_lock(&mutex, nullptr), 0);
	host::thread waiter("waiter", [&] { rc = kapi_cancellable_mutex_lock(&mutex, &closed); });
	if (GetParam())
		host::run_for(1);
	__atomic_store_n(&closed, 1, __ATOMIC_RELEASE);
	kapi_cancellable_mutex_wake_waiters(&mutex);
	waiter.join();
	EXPECT_EQ(rc, -ENODEV);
	kapi_cancellable_mutex_unlock(&mutex);
	EXPECT_EQ(kapi_cancellable_mutex_lock(&mutex, &closed), -ENODEV);
}

TEST_P(host_locks, cancellable_mutex_open_admits_one_at_a_time)
{
	kapi_cancellable_mutex mutex;
	u64 counter = 0;
	const u8 closed = 0;

	kapi_cancellable_mutex_init(&mutex, 0);
	if (GetParam())
		host::preempt(2);
	auto add = [&] {
		for (int i = 0; i < 1000; i++) {
			ASSERT_EQ(kapi_cancellable_mutex_lock(&mutex, &closed), 0);
			const u64 seen = counter;
			kapi_cond_resched();
			counter = seen + 1;
			kapi_cancellable_mutex_unlock(&mutex);
		}
	};
	host::thread a("a", add);
	host::thread b("b", add);
	a.join();
	b.join();
	EXPECT_EQ(counter, 2000u);
}

TEST_P(host_locks, interruptible_wait_ends_with_signal)
{
	kapi_cancellable_mutex mutex;
	kapi_completion done;
	int rc_of_lock = 0;
	int completion_rc = 0;

	kapi_cancellable_mutex_init(&mutex, 0);
	kapi_completion_init(&done);
	ASSERT_EQ(kapi_cancellable_mutex_lock(&mutex, nullptr), 0);
	host::thread a("a", [&] { rc_of_lock = kapi_cancellable_mutex_lock(&mutex, nullptr); });
	host::thread b("b", [&] { completion_rc = kapi_completion_wait_interruptible(&done); });
	a.signal();
	b.signal();
	a.join();
	b.join();
	EXPECT_EQ(rc_of_lock, -EINTR);
	EXPECT_EQ(completion_rc, -EINTR);
	kapi_cancellable_mutex_unlock(&mutex);
}

TEST_P(host_locks, signal_without_wait_has_no_effect)
{
	kapi_cancellable_mutex mutex;
	kapi_completion done;

	kapi_cancellable_mutex_init(&mutex, 0);
	kapi_completion_init(&done);
	kapi_completion_complete(&done);
	host::set_signal_pending(true);
	EXPECT_EQ(kapi_cancellable_mutex_lock(&mutex, nullptr), 0);
	EXPECT_EQ(kapi_completion_wait_interruptible(&done), 0);
	kapi_cancellable_mutex_unlock(&mutex);
}

// The waiter's memory goes away at once, as that of a request on the stack does.
TEST_P(host_locks, completion_freed_by_its_waiter_is_not_touched)
{
	for (int i = 0; i < 200; i++) {
		auto done = std::make_unique<kapi_completion>();
		kapi_completion *borrowed = done.get();

		kapi_completion_init(borrowed);
		host::thread helper("helper", [=] { kapi_completion_complete(borrowed); });
		kapi_completion_wait(borrowed);
		done.reset();
	}
}

TEST_P(host_locks, misuse_aborts)
{
	kapi_mutex mutex;

	kapi_mutex_init(&mutex, 3);
	EXPECT_DEATH(kapi_mutex_unlock(&mutex), "does not hold");
	auto twice = [&] {
		kapi_mutex_lock(&mutex);
		kapi_mutex_lock(&mutex);
	};
	EXPECT_DEATH(twice(), "locked twice");
}

TEST(host_lock_order, opposite_order_aborts)
{
	kapi_mutex outer, middle, inner;

	kapi_mutex_init(&outer, 20);
	kapi_mutex_init(&middle, 21);
	kapi_mutex_init(&inner, 22);
	auto nest = [](kapi_mutex &a, kapi_mutex &b) {
		kapi_mutex_lock(&a);
		kapi_mutex_lock(&b);
		kapi_mutex_unlock(&b);
		kapi_mutex_unlock(&a);
	};
	nest(outer, middle);
	nest(middle, inner);
	nest(outer, inner);
	EXPECT_DEATH(
		{
			nest(outer, middle);
			nest(middle, inner);
			nest(inner, outer);
		},
		"lock order: class 20 is taken inside class 22");
}

TEST(host_lock_order, class_inside_itself_aborts)
{
	kapi_mutex a, b;

	kapi_mutex_init(&a, 23);
	kapi_mutex_init(&b, 23);
	auto nest = [&] {
		kapi_mutex_lock(&a);
		kapi_mutex_lock(&b);
	};
	EXPECT_DEATH(nest(), "lock order");
}

} // namespace
