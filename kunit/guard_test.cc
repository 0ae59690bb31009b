// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/guard.hh"

#include "kunit/test.hh"

using namespace damon;

namespace {

static_assert(!std::is_copy_constructible_v<guard> && !std::is_move_constructible_v<guard>);
static_assert(!std::is_copy_constructible_v<mutex> && !std::is_copy_assignable_v<mutex>);

struct account {
	account(u64 first, u64 second) : a(first), b(second) {}
	u64 a, b;
};

// Many small transfers; the sum is constant only if the lock excludes the other thread.
struct transfers {
	guarded<account> accounts{lock_class::requests, u64{10'000}, u64{0}};
	u32 wrong_sums = 0;

	static void run(kapi_thread *, void *argument)
	{
		auto &self = *static_cast<transfers *>(argument);

		for (int i = 0; i < 2000; i++)
			self.accounts.with([&](account &at) {
				self.wrong_sums += at.a + at.b != 10'000;
				at.a--;
				at.b++;
			});
	}

};

// Holds the lock for 20 ms, and completes @entered at the start.
struct long_stay {
	guarded<bool> occupied{lock_class::requests, false};
	completion entered;

	static void run(kapi_thread *thread, void *argument)
	{
		auto &self = *static_cast<long_stay *>(argument);

		self.occupied.with([&](bool &value) {
			value = true;
			self.entered.complete();
			kapi_thread_sleep_until(thread, kapi_now_ns() + 20'000'000);
			value = false;
		});
	}
};

void complete(kapi_thread *, void *argument)
{
	static_cast<completion *>(argument)->complete();
}

} // namespace

CASE(guard, with_lends_the_data)
{
	guarded<account> accounts{lock_class::registry, u64{1}, u64{2}};

	accounts.with([](account &at) { at.a = 5; });
	EXPECT_EQUAL(accounts.with([](account &at) { return at.a + at.b; }), 7);
	account &inside = accounts.with([](account &at) -> account & { return at; });
	EXPECT_EQUAL(inside.a, 5);
}

CASE(guard, unlocked_and_scope_end_release_the_lock)
{
	mutex lock{lock_class::context};
	int runs = 0;

	for (int i = 0; i < 2; i++) {
		guard held{lock};
		held.unlocked([&] {
			// Locks it again; this would deadlock if the lock were still held.
			guard again{lock};
			runs++;
		});
	}
	EXPECT_EQUAL(runs, 2);
}

CASE(guard, locks_in_declared_order_nest)
{
	mutex outer{lock_class::tree};
	mutex middle{lock_class::context};
	mutex inner{lock_class::requests};
	guard a{outer};
	guard b{middle};
	guard c{inner};
}

CASE(guard, with_while_lent_waits)
{
	long_stay state;
	kapi_thread *thread = nullptr;

	ASSERT_EQUAL(kapi_thread_start(&thread, "long_stay", long_stay::run, &state), 0);
	state.entered.wait();
	const bool occupied = state.occupied.with([](bool &value) { return value; });
	kapi_thread_stop(thread);
	EXPECT(!occupied);
}

CASE(guard, with_from_two_threads_excludes)
{
	transfers state;
	kapi_thread *first = nullptr;
	kapi_thread *second = nullptr;

	ASSERT_EQUAL(kapi_thread_start(&first, "transfers_a", transfers::run, &state), 0);
	const int rc = kapi_thread_start(&second, "transfers_b", transfers::run, &state);
	if (rc == 0)
		kapi_thread_stop(second);
	kapi_thread_stop(first);
	ASSERT_EQUAL(rc, 0);
	EXPECT_EQUAL(state.wrong_sums, 0);
	EXPECT_EQUAL(state.accounts.with([](account &at) { return at.b; }), 4000);
}

CASE(completion, wait_after_complete_returns_at_once)
{
	completion done;

	done.complete();
	done.wait();
	completion other;
	other.complete();
	EXPECT(other.wait_interruptible());
}

CASE(completion, wait_before_complete_wakes)
{
	completion done;
	kapi_thread *thread = nullptr;

	ASSERT_EQUAL(kapi_thread_start(&thread, "completes", complete, &done), 0);
	done.wait();
	kapi_thread_stop(thread);
}
