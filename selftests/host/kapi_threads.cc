// SPDX-License-Identifier: GPL-2.0
// Kernel threads and the threads of the tests themselves.
#include "scheduler.hh"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <thread>

struct kapi_thread {
	host::task task;
	std::thread body;
	int pid;

	std::mutex lock;
	std::condition_variable changed;
	bool begun = false;
	bool woken = false;
	std::atomic<bool> stop{false};

	bool sleep_ends() const { return woken || stop; }
};

namespace host {
namespace {

std::mutex threads_lock;
std::vector<kapi_thread *> threads;
std::atomic<int> next_pid{100'000};
std::atomic<u64> sleeps;
thread_local kapi_thread *this_thread = nullptr;

void forget(kapi_thread *thread)
{
	std::lock_guard lock(threads_lock);
	std::erase(threads, thread);
}

} // namespace

void leaked_threads(std::string &text)
{
	std::vector<kapi_thread *> left;
	{
		std::lock_guard lock(threads_lock);
		left = threads;
	}
	for (kapi_thread *thread : left) {
		text += "thread '" + thread->task.name + "'\n";
		kapi_thread_stop(thread);
	}
}

void reset_threads()
{
	sleeps = 0;
}

void count_threads(counters &out)
{
	out.sleeps = sleeps;
}

struct thread::state {
	task self;
	std::thread body;
};

thread::thread(const char *name, std::function<void()> body) : state_(std::make_shared<state>())
{
	state_->self.name = name;
	add_task(state_->self);
	state_->body = std::thread([self = &state_->self, body = std::move(body)] {
		enter_task(*self);
		body();
		leave_task(*self);
	});
}

thread::~thread()
{
	join();
}

void thread::join()
{
	if (!state_->body.joinable())
		return;
	if (is_virtual())
		block("the end of a thread", [this] { return is_done(); });
	state_->body.join();
	remove_task(state_->self);
}

void thread::signal()
{
	state_->self.signal = true;
}

bool thread::is_done() const
{
	return state_->self.done;
}

} // namespace host

using namespace host;

int kapi_thread_start(kapi_thread **thread, const char *name,
		      void (*run)(kapi_thread *self, void *argument), void *argument)
{
	if (!may_allocate())
		return -ENOMEM;
	kapi_thread *t = new kapi_thread;
	t->task.name = name;
	t->pid = next_pid++;
	add_task(t->task);
	{
		std::lock_guard lock(threads_lock);
		threads.push_back(t);
	}
	*thread = t;
	t->body = std::thread([=] {
		this_thread = t;
		enter_task(t->task);
		{
			std::lock_guard lock(t->lock);
			t->begun = true;
			t->changed.notify_all();
		}
		run(t, argument);
		leave_task(t->task);
	});
	// With the virtual clock it begins when its starter waits.
	if (!is_virtual()) {
		std::unique_lock lock(t->lock);
		t->changed.wait(lock, [=] { return t->begun; });
	}
	preemption_point();
	return 0;
}

void kapi_thread_stop(kapi_thread *thread)
{
	if (thread == this_thread)
		die("thread '%s' stops itself", thread->task.name.c_str());
	{
		std::lock_guard lock(thread->lock);
		thread->stop = true;
		thread->changed.notify_all();
	}
	if (is_virtual())
		block("the end of a kernel thread", [=] { return thread->task.done.load(); });
	thread->body.join();
	remove_task(thread->task);
	forget(thread);
	delete thread;
}

void kapi_thread_wake(kapi_thread *thread)
{
	std::lock_guard lock(thread->lock);

	thread->woken = true;
	thread->changed.notify_all();
}

int kapi_thread_pid(kapi_thread *thread)
{
	return thread->pid;
}

bool kapi_thread_should_stop()
{
	if (this_thread == nullptr)
		die("kapi_thread_should_stop() outside of a kernel thread");
	return this_thread->stop;
}

u64 kapi_thread_cpu_ns()
{
	timespec used;

	if (is_virtual())
		return spent_ns();
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return static_cast<u64>(used.tv_sec) * 1'000'000'000 + static_cast<u64>(used.tv_nsec);
}

void kapi_thread_sleep_until(kapi_thread *self, u64 deadline_ns)
{
	if (self != this_thread)
		die("kapi_thread_sleep_until() of another thread");
	sleeps.fetch_add(1, std::memory_order_relaxed);
	if (is_virtual()) {
		block("its next wake-up", [=] { return self->sleep_ends(); }, deadline_ns);
		self->woken = false;
		return;
	}
	const std::chrono::steady_clock::time_point deadline{std::chrono::nanoseconds(
		std::min<u64>(deadline_ns, ~0ULL >> 1))};
	std::unique_lock lock(self->lock);
	if (deadline_ns == never)
		self->changed.wait(lock, [=] { return self->sleep_ends(); });
	else
		self->changed.wait_until(lock, deadline, [=] { return self->sleep_ends(); });
	self->woken = false;
}
