// SPDX-License-Identifier: GPL-2.0
#include "scheduler.hh"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace host {
namespace {

constexpr u64 virtual_start_ns = 1'000'000'000;
constexpr u64 max_switches_at_one_instant = 20'000'000;

std::mutex baton_lock;
std::atomic<bool> virtual_clock{false};
std::atomic<u64> virtual_now_ns{virtual_start_ns};
std::vector<task *> tasks; // of the virtual clock, in the order of their beginning
task *running = nullptr;
u64 switches_at_this_instant = 0;
u32 preempt_one_in = 0;
std::atomic<u64> schedule_stream{0};

thread_local task own_task;
thread_local task *this_task = nullptr;
thread_local u64 this_thread_spent_ns = 0;

bool can_run(const task &t)
{
	return !t.done && ((t.ready && t.ready()) || t.deadline_ns <= virtual_now_ns);
}

// Round robin from the task that ran, or from a random one where preemption is on.
task *first_runnable(bool last)
{
	const auto self = std::find(tasks.begin(), tasks.end(), running);
	const size_t n = tasks.size();
	size_t at = self == tasks.end() ? 0 : static_cast<size_t>(self - tasks.begin()) + 1;

	if (preempt_one_in != 0)
		at += next_random(schedule_stream) % n;
	for (size_t i = 0; i < n; i++) {
		task *t = tasks[(at + i) % n];

		if (t->last == last && can_run(*t))
			return t;
	}
	return nullptr;
}

[[noreturn]] void report_deadlock()
{
	for (const task *t : tasks)
		std::fprintf(stderr, "host: '%s' %s %s\n", t->name.c_str(),
			     t->done ? "has" : "waits for", t->done ? "ended" : t->waits_for);
	die("deadlock: everybody waits and nobody has a deadline");
}

void advance_clock()
{
	u64 next_ns = never;

	for (const task *t : tasks)
		if (!t->done)
			next_ns = std::min(next_ns, t->deadline_ns);
	if (next_ns == never)
		report_deadlock();
	virtual_now_ns = next_ns;
	switches_at_this_instant = 0;
}

task *pick()
{
	for (;;) {
		task *t = first_runnable(false);

		if (t == nullptr)
			t = first_runnable(true);
		if (t != nullptr)
			return t;
		advance_clock();
	}
}

void hand_over(std::unique_lock<std::mutex> &, task *next)
{
	running = next;
	next->turn.notify_one();
}

void await_turn(std::unique_lock<std::mutex> &lock, task &self)
{
	self.turn.wait(lock, [&] { return running == &self; });
	self.ready = nullptr;
	self.deadline_ns = never;
	self.waits_for = "nothing";
}

} // namespace

bool is_virtual()
{
	return virtual_clock;
}

u64 spent_ns()
{
	return this_thread_spent_ns;
}

task &current_task()
{
	return this_task != nullptr ? *this_task : own_task;
}

void block(const char *waits_for, std::function<bool()> ready, u64 deadline_ns)
{
	task &self = current_task();
	std::unique_lock lock(baton_lock);

	if (running != &self)
		die("a thread that is not of host::thread waits with the virtual clock");
	self.waits_for = waits_for;
	self.ready = std::move(ready);
	self.deadline_ns = deadline_ns;
	task *next = pick();
	if (++switches_at_this_instant > max_switches_at_one_instant)
		die("time stands still: '%s' never sleeps", next->name.c_str());
	hand_over(lock, next);
	await_turn(lock, self);
}

void preemption_point()
{
	if (is_virtual() && preempt_one_in != 0 &&
	    next_random(schedule_stream) % preempt_one_in == 0)
		block("its turn", [] { return true; });
}

void add_task(task &added)
{
	if (!is_virtual())
		return;
	std::unique_lock lock(baton_lock);
	added.waits_for = "its beginning";
	added.ready = [] { return true; };
	tasks.push_back(&added);
}

void enter_task(task &self)
{
	this_task = &self;
	if (!is_virtual())
		return;
	std::unique_lock lock(baton_lock);
	await_turn(lock, self);
}

void leave_task(task &self)
{
	std::unique_lock lock(baton_lock);

	self.done = true;
	if (is_virtual())
		hand_over(lock, pick());
}

void remove_task(task &removed)
{
	std::unique_lock lock(baton_lock);
	std::erase(tasks, &removed);
}

bool wait_for(std::unique_lock<std::mutex> &lock, std::condition_variable &changed,
	      const char *waits_for, const std::function<bool()> &ready, bool interruptible)
{
	std::atomic<bool> &signal = current_task().signal;

	while (!ready()) {
		if (interruptible && signal)
			return false;
		if (is_virtual()) {
			lock.unlock();
			block(waits_for, [&] { return ready() || (interruptible && signal); });
			lock.lock();
		} else if (interruptible) {
			changed.wait_for(lock, std::chrono::milliseconds(2));
		} else {
			changed.wait(lock);
		}
	}
	return true;
}

void reset_scheduler()
{
	std::unique_lock lock(baton_lock);

	virtual_clock = false;
	virtual_now_ns = virtual_start_ns;
	tasks.clear();
	running = nullptr;
	switches_at_this_instant = 0;
	preempt_one_in = 0;
	schedule_stream = 0;
	own_task.signal = false;
}

void use_virtual_clock()
{
	own_task.name = "test";
	tasks = {&own_task};
	running = &own_task;
	virtual_clock = true;
}

void run_until(u64 deadline_ns)
{
	if (!is_virtual())
		die("run_until() needs the virtual clock");
	own_task.last = true;
	block("the time to pass", nullptr, std::max<u64>(deadline_ns, virtual_now_ns));
	own_task.last = false;
}

void run_for(u64 duration_ns)
{
	run_until(virtual_now_ns + duration_ns);
}

void preempt(u32 one_in)
{
	preempt_one_in = one_in;
	schedule_stream = kapi_random_u64();
}

void spend(u64 duration_ns)
{
	if (is_virtual())
		virtual_now_ns += duration_ns;
	this_thread_spent_ns += duration_ns;
}

void set_signal_pending(bool pending)
{
	current_task().signal = pending;
}

} // namespace host

u64 kapi_now_ns()
{
	timespec now;

	if (host::is_virtual())
		return host::virtual_now_ns;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return static_cast<u64>(now.tv_sec) * 1'000'000'000 + static_cast<u64>(now.tv_nsec);
}

void kapi_cond_resched()
{
	host::preemption_point();
}
