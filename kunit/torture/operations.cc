// SPDX-License-Identifier: GPL-2.0
// The operations of a thread on contexts, and the checks of their results.
#include "kunit/torture/thread.hh"

namespace damon::torture {

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 second_us = 1'000'000;

// Whenever inputs are rejected, there must be a reason.
bool has_reason(const report &why)
{
	return !why.line().empty();
}

} // namespace

void thread::make()
{
	target_refs present;
	report why;

	where_.doing = operation::make;
	invent(asked_, random_);
	auto in = to_inputs(asked_, present);
	if (!in.is_ok())
		return count(in.error());
	auto made = context::make(move(in).take(), why);
	count(made.error());
	if (asked_.sound)
		MUST(*this, made.is_ok() || made.error().is(errc::nomem));
	else
		MUST(*this, made.error().is(errc::inval) && has_reason(why));
	if (!made.is_ok())
		return;
	auto shared = make_own<session>(move(made).take(), asked_, move(present));
	if (!shared.is_ok())
		return;
	// Sometimes starts it before other threads can see it.
	session_ref fresh{move(shared).take().release()};
	if (random_.below(2))
		start_context(*fresh.get());
	let_go(table_.slots[where_.slot]->put(move(fresh)));
}

// Stops a context that other threads still use, as they might wait for long.  Otherwise, in half of
// all cases, drops the last reference while it runs.
void thread::let_go(session_ref old)
{
	if (!old)
		return;
	where_.doing = operation::drop;
	count(ok);
	if (__atomic_load_n(&old.get()->users, __ATOMIC_ACQUIRE) > 1 || random_.below(2)) {
		const guard turn{old.get()->turn};
		halt(*old.get());
	}
}

void thread::start_context(session &s)
{
	const guard turn{s.turn};

	s.see(seen_);
	if (seen_.life != phase::made)
		return;
	const status answer = s.enter(phase::started, [&] { return s.core->start(s.name); });
	table_.found.count(operation::start, answer);
	MUST(*this, answer.is_ok() || answer.is(errc::nomem));
	if (!answer.is_ok())
		MUST(*this, !s.core->running() && s.core->pid() == -1);
}

void thread::commit(session &s)
{
	const guard turn{s.turn};
	target_refs present;
	report why;

	s.see(seen_);
	asked_ = seen_.told;
	if (random_.below(3))
		vary(asked_, random_);
	else
		invent(asked_, random_);
	auto in = to_inputs(asked_, present);
	if (!in.is_ok())
		return count(in.error());
	const bool ran = s.core->running();
	const status answer = s.tell(asked_, [&] { return s.core->commit(move(in).take(), why); });
	count(answer);
	if (!asked_.sound)
		MUST(*this, answer.is(errc::inval) && has_reason(why));
	else if (seen_.life != phase::started)
		MUST(*this, answer.is(errc::canceled) || answer.is(errc::nomem));
	else if (answer.is(errc::canceled))
		expect_the_end(s);
	else
		MUST(*this, (ran && answer.is_ok()) || answer.is(errc::nomem));
	if (answer.is_ok())
		s.present = move(present);
}

// If a call is canceled while the state did not change, the kdamond must end.
void thread::expect_refusal(status answer, const sight &seen, bool exact, session &s)
{
	if (!exact || seen.life != phase::started || answer.is_ok())
		return;
	if (answer.is(errc::canceled))
		expect_the_end(s);
}

void thread::read_stats(session &s)
{
	s.see(seen_);
	auto answer = s.core->read_stats();
	const bool exact = s.still(seen_);
	const status told = answer.error();

	count(told);
	MUST(*this, told.is_ok() || told.is(errc::canceled) || told.is(errc::nomem));
	if (exact && seen_.life != phase::started)
		MUST(*this, told.is(errc::canceled));
	expect_refusal(told, seen_, exact, s);
	if (!told.is_ok())
		return;
	const vec<scheme_stats> stats = move(answer).take();
	checker_.stats(stats, seen_, exact);
	s.raise_floor(seen_, stats);
}

void thread::collect(session &s)
{
	const auto wanted = random_.below(3) ? context::detail::regions : context::detail::totals;

	s.see(seen_);
	const u64 version = seen_.version;
	if (!collect_once(s, wanted, false) || random_.below(2) || table_.is_over())
		return;
	s.see(seen_);
	collect_once(s, wanted, seen_.version == version);
}

// True: the call succeeded, and the state before it has not changed.
bool thread::collect_once(session &s, context::detail wanted, bool settled)
{
	const u32 others = __atomic_fetch_add(&s.collectors, 1, __ATOMIC_SEQ_CST);
	const u32 mine = __atomic_add_fetch(&s.collections, 1, __ATOMIC_SEQ_CST);

	__atomic_store_n(&waits_, true, __ATOMIC_RELEASE);
	auto answer = s.core->collect_tried(wanted);
	__atomic_store_n(&waits_, false, __ATOMIC_RELEASE);
	const bool alone = !others && __atomic_load_n(&s.collections, __ATOMIC_SEQ_CST) == mine;
	__atomic_sub_fetch(&s.collectors, 1, __ATOMIC_SEQ_CST);

	const bool exact = s.still(seen_);
	const status told = answer.error();
	count(told);
	MUST(*this, told.is_ok() || told.is(errc::canceled) || told.is(errc::nomem) ||
			    told.is(errc::busy) || told.is(errc::intr));
	MUST(*this, !alone || !told.is(errc::busy));
	if (exact && seen_.life != phase::started)
		MUST(*this, told.is(errc::canceled));
	if (seen_.told.nr_schemes)
		expect_refusal(told, seen_, exact, s);
	else if (exact)
		MUST(*this, told.is(errc::canceled));
	if (!told.is_ok())
		return false;
	checker_.tried(move(answer).take(), wanted == context::detail::regions, seen_, exact,
		       settled);
	return exact;
}

void thread::look(session &s)
{
	s.see(seen_);
	const bool runs = s.core->running();
	const int pid = s.core->pid();
	const bool exact = s.still(seen_);

	count(ok);
	MUST(*this, pid == -1 || pid > 0);
	if (exact && seen_.life != phase::started)
		MUST(*this, !runs && pid == -1);
	// It may end meanwhile, but cannot start again.
	if (exact && !runs)
		MUST(*this, pid == -1);
}

// Whether all target processes have released their memory.  The caller holds s.turn.
bool thread::all_targets_are_gone(session &s)
{
	s.see(seen_);
	for (u32 i = 0; i < seen_.told.nr_targets; i++) {
		const pid_ref &pid = s.present.of[i];

		if (pid && mm_ref{kapi_mm_get(pid.get())})
			return false;
	}
	return true;
}

// A kdamond ends by itself only when all its targets are gone.
void thread::audit(session &s)
{
	const guard turn{s.turn};

	s.see(seen_);
	count(ok);
	if (seen_.life == phase::started && !s.core->running())
		MUST(*this, all_targets_are_gone(s));
}

bool thread::before(u64 deadline_ns)
{
	if (kapi_now_ns() >= deadline_ns)
		return false;
	kapi_thread_sleep_until(self_, kapi_now_ns() + 5 * ms);
	kapi_cond_resched();
	return true;
}

// Requests were rejected though the kdamond was started: it must end within the time limit.
void thread::expect_the_end(session &s)
{
	const u64 deadline_ns = kapi_now_ns() + table_.patience_ns();

	while (s.core->running())
		if (!before(deadline_ns)) {
			MUST(*this, !s.core->running());
			return;
		}
}

// When all targets are gone, the kdamond must end at its next sample.
void thread::wait_exit(session &s)
{
	u64 deadline_ns = 0;
	u64 version = 0;

	do {
		const guard turn{s.turn};
		const bool gone = all_targets_are_gone(s);

		if (seen_.life != phase::started || !gone || !s.core->running() || table_.is_over())
			break;
		if (!deadline_ns || version != seen_.version) {
			if (seen_.told.attrs.sample_us > second_us)
				break;
			deadline_ns = kapi_now_ns() + table_.patience_ns() + 1'000 * ms;
		}
		version = seen_.version;
	} while (before(deadline_ns) ||
		 broken("a kdamond without targets ends", __FILE__, __LINE__));
	count(ok);
}

void thread::stop_context(session &s)
{
	const guard turn{s.turn};

	halt(s);
	count(ok);
}

// The caller holds s.turn.
void thread::halt(session &s)
{
	const int pid = s.core->pid();

	s.see(seen_);
	const phase left = seen_.life == phase::made ? phase::made : phase::stopped;
	static_cast<void>(s.enter(left, [&] {
		s.core->stop();
		return ok;
	}));
	MUST(*this, !s.core->running());
	MUST(*this, s.core->pid() == -1);
	MUST(*this, pid == -1 || !damonxx_torture_has_thread(pid, s.name));
	MUST(*this, s.core->read_stats().error().is(errc::canceled));
	MUST(*this, s.core->collect_tried(context::detail::totals).error().is(errc::canceled));
}

} // namespace damon::torture
