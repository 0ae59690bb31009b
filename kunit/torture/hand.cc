// SPDX-License-Identifier: GPL-2.0
#include "kunit/torture/hand.hh"

namespace damon::torture {

namespace {

constexpr u64 ms = 1'000'000;
// A round of schemes may be an hour away: who waits for one is interrupted after this.
constexpr u64 longest_wait_ns = 300 * ms;

struct chance {
	deed next;
	u32 weight;
};
constexpr chance chances[] = {
	{deed::make, 4},     {deed::start, 14}, {deed::commit, 20}, {deed::read_stats, 20},
	{deed::collect, 26}, {deed::look, 8},	{deed::audit, 4},   {deed::mourn, 1},
	{deed::stop, 2},     {deed::drop, 1},	{deed::starve, 3},  {deed::disturb, 2},
};
static_assert(sizeof(chances) / sizeof(chances[0]) == nr_deeds);

deed choose(prng &random)
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
	return deed::look;
}

} // namespace

status hand::start()
{
	char name[16];

	text_writer{name, sizeof(name)} << "dxt-hand." << where_.thread;
	return status::from_errno(kapi_thread_start(&thread_, name, entry, this));
}

void hand::stop()
{
	if (thread_)
		kapi_thread_stop(std::exchange(thread_, nullptr));
}

void hand::entry(kapi_thread *self, void *argument)
{
	static_cast<hand *>(argument)->run(self);
}

void hand::run(kapi_thread *self)
{
	self_ = self;
	damonxx_torture_enter(where_.thread);
	// Allocations that one of them lets fail are not to be those that the others begin with.
	while (!table_.is_begun() && !table_.is_over())
		kapi_thread_sleep_until(self, kapi_now_ns() + ms);
	for (;;) {
		// Who ends the test says so first and interrupts then.
		damonxx_torture_forget_interrupts();
		if (table_.is_over())
			break;
		do_one();
		pause(self);
	}
	damonxx_torture_leave(where_.thread);
	__atomic_store_n(&done_, true, __ATOMIC_RELEASE);
}

void hand::do_one()
{
	where_.slot = static_cast<u32>(random_.below(table_.slots.size()));
	where_.doing = choose(random_);
	__atomic_store_n(&asked_ns_, kapi_now_ns(), __ATOMIC_RELEASE);
	act(where_.doing);
	__atomic_store_n(&asked_ns_, 0, __ATOMIC_RELEASE);
}

void hand::pause(kapi_thread *self)
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

void hand::act(deed next)
{
	switch (next) {
	case deed::make:
		make();
		break;
	case deed::drop:
		let_go(table_.slots[where_.slot]->put({}));
		break;
	case deed::starve:
		starve();
		break;
	case deed::disturb:
		disturb();
		break;
	default:
		with_session(next);
	}
}

void hand::with_session(deed next)
{
	const session_ref held = table_.slots[where_.slot]->get();

	if (!held)
		return;
	session &s = *held.get();
	switch (next) {
	case deed::start:
		// A context starts once: after that, another one takes its place.
		if (s.core->running() || s.can_start())
			start_context(s);
		else
			make();
		break;
	case deed::commit:
		commit(s);
		break;
	case deed::read_stats:
		read_stats(s);
		break;
	case deed::collect:
		collect(s);
		break;
	case deed::audit:
		audit(s);
		break;
	case deed::mourn:
		mourn(s);
		break;
	case deed::stop:
		stop_context(s);
		break;
	default:
		look(s);
	}
}

bool hand::watch(u64 now_ns)
{
	const u64 asked_ns = __atomic_load_n(&asked_ns_, __ATOMIC_ACQUIRE);
	const bool waits = __atomic_load_n(&waits_, __ATOMIC_ACQUIRE);

	if (!asked_ns || now_ns <= asked_ns)
		return true;
	if (waits && now_ns - asked_ns > longest_wait_ns)
		damonxx_torture_interrupt(where_.thread);
	// Its own checks may take two answers, or wait for an end.
	return now_ns - asked_ns <= 4 * table_.patience_ns() + longest_wait_ns ||
	       broken("an answer comes in time", __FILE__, __LINE__);
}

// The next allocation of somebody, or one soon after it.
void hand::starve()
{
	damonxx_torture_fail_allocation(1 + static_cast<u32>(random_.below(12)));
	count(ok);
}

void hand::disturb()
{
	damonxx_torture_interrupt(static_cast<u32>(random_.below(table_.settings.threads)));
	count(ok);
}

} // namespace damon::torture
