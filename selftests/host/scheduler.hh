// SPDX-License-Identifier: GPL-2.0
#pragma once

// Who runs.  With the real clock, pthreads as they come; with the virtual clock, one at a
// time: the running task keeps the baton until it waits.

#include "kapi_host.hh"

#include <condition_variable>
#include <mutex>

namespace host {

inline constexpr u64 never = ~0ULL;

struct task {
	std::string name;
	std::atomic<bool> signal{false};
	std::atomic<bool> done{false};

	// The rest belongs to the virtual clock and to who holds the baton.
	std::function<bool()> ready; // what it waits for, besides its deadline
	u64 deadline_ns = never;
	const char *waits_for = nullptr;
	bool last = false; // runs only when nobody else can
	bool entered = false;
	std::condition_variable turn;
};

bool is_virtual();
// What spend() took in the calling thread.
u64 spent_ns();
task &current_task();

// Waits until @ready (may be empty) or the deadline.  Virtual clock only.
void block(const char *waits_for, std::function<bool()> ready, u64 deadline_ns = never);
// A place where the kernel may run somebody else.
void preemption_point();

// A new task takes part from add_task() on; its thread calls enter_task() first and
// leave_task() last.
void add_task(task &added);
void enter_task(task &self);
void leave_task(task &self);
void remove_task(task &removed);

// Waits until @ready with the given lock in the real clock, or by block() in the virtual one.
// Interruptible waits look at signals; returns false when one came first.
bool wait_for(std::unique_lock<std::mutex> &lock, std::condition_variable &changed,
	      const char *waits_for, const std::function<bool()> &ready, bool interruptible);

} // namespace host
