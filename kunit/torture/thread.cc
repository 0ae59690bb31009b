// SPDX-License-Identifier: GPL-2.0
#include "kunit/torture/thread.hh"

namespace damon::torture {

namespace {

constexpr u64 ms = 1'000'000;
// An apply pass may be due in an hour: a thread that waits for it is interrupted after this time.
constexpr u64 longest_wait_ns = 300 * ms;

struct chance {
	operation next;
	u32 weight;
};
constexpr chance chances[] = {
	{operation::make, 4},	     {operation::start, 14},	      {operation::commit, 20},
	{operation::read_stats, 20}, {operation::collect, 26},	      {operation::look, 8},
	{operation::audit, 4},	     {operation::wait_exit, 1},	      {operation::stop, 2},
	{operation::drop, 1},	     {operation::fail_allocation, 3}, {operation::disturb, 2},
};
static_assert(sizeof(chances) / sizeof(chances[0]) == nr_operations);

operation choose(prng &random)
{
	u64 sum = 0;

	for (const chance &c : chances)
		sum += c.weight;
	u64 left = random.below(sum);
	for (const chance &c : chances) {
		if (left < c.weight)
			return c.next;
		left -= c.weight;
	}
	return operation::look;
}

} // namespace

status thread::start()
{
	char name[16];

	text_writer{name, sizeof(name)} << "dxt-thread." << where_.thread;
	return status::from_errno(kapi_thread_start(&thread_, name, entry, this));
}

void thread::stop()
{
	if (thread_)
		kapi_thread_stop(std::exchange(thread_, nullptr));
}

void thread::entry(kapi_thread *self, void *argument)
{
	static_cast<thread *>(argument)->run(self);
}

void thread::run(kapi_thread *self)
{
	self_ = self;
	damonxx_torture_enter(where_.thread);
	// Failed allocations must not hit threads that are still being created.
	while (!table_.is_begun() && !table_.is_over())
		kapi_thread_sleep_until(self, kapi_now_ns() + ms);
	for (;;) {
		// The supervisor sets the flag first and interrupts after that.
		damonxx_torture_forget_interrupts();
		if (table_.is_over())
			break;
		do_one();
		pause(self);
	}
	damonxx_torture_leave(where_.thread);
	__atomic_store_n(&done_, true, __ATOMIC_RELEASE);
}

void thread::do_one()
{
	where_.slot = static_cast<u32>(random_.below(table_.slots.size()));
	where_.doing = choose(random_);
	__atomic_store_n(&asked_ns_, kapi_now_ns(), __ATOMIC_RELEASE);
	act(where_.doing);
	__atomic_store_n(&asked_ns_, 0, __ATOMIC_RELEASE);
}

void thread::pause(kapi_thread *self)
{
	kapi_cond_resched();
	switch (random_.below(4)) {
	case 0:
		break;
	case 1:
		kapi_thread_sleep_until(self, kapi_now_ns() + random_.below(10 * ms));
		break;
	default:
		kapi_thread_sleep_until(self, kapi_now_ns() + random_.below(ms));
	}
}

void thread::act(operation next)
{
	switch (next) {
	case operation::make:
		make();
		break;
	case operation::drop:
		let_go(table_.slots[where_.slot]->put({}));
		break;
	case operation::fail_allocation:
		fail_allocation();
		break;
	case operation::disturb:
		disturb();
		break;
	default:
		with_session(next);
	}
}

void thread::with_session(operation next)
{
	const session_ref held = table_.slots[where_.slot]->get();

	if (!held)
		return;
	session &s = *held.get();
	switch (next) {
	case operation::start:
		// A context can start only once: replaces one that has ended.
		if (s.core->running() || s.can_start())
			start_context(s);
		else
			make();
		break;
	case operation::commit:
		commit(s);
		break;
	case operation::read_stats:
		read_stats(s);
		break;
	case operation::collect:
		collect(s);
		break;
	case operation::audit:
		audit(s);
		break;
	case operation::wait_exit:
		wait_exit(s);
		break;
	case operation::stop:
		stop_context(s);
		break;
	default:
		look(s);
	}
}

bool thread::watch(u64 now_ns)
{
	const u64 asked_ns = __atomic_load_n(&asked_ns_, __ATOMIC_ACQUIRE);
	const bool waits = __atomic_load_n(&waits_, __ATOMIC_ACQUIRE);

	if (!asked_ns || now_ns <= asked_ns)
		return true;
	if (waits && now_ns - asked_ns > longest_wait_ns)
		damonxx_torture_interrupt(where_.thread);
	// The checks of one operation may need two answers, or wait for a kdamond to end.
	return now_ns - asked_ns <= 4 * table_.patience_ns() + longest_wait_ns ||
	       broken("an answer comes in time", __FILE__, __LINE__);
}

// Lets one of the next allocations of any thread fail.
void thread::fail_allocation()
{
	damonxx_torture_fail_allocation(1 + static_cast<u32>(random_.below(12)));
	count(ok);
}

void thread::disturb()
{
	damonxx_torture_interrupt(static_cast<u32>(random_.below(table_.settings.threads)));
	count(ok);
}

} // namespace damon::torture
