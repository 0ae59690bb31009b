// SPDX-License-Identifier: GPL-2.0
// Locks.  guarded<T> keeps data inside its lock and gives access only while the lock is held.
#pragma once
#include "damonxx/lib/types.hh"

namespace damon {

// In locking order, outermost first; core/kernel/klock.c has a lockdep class and a name for each.
enum class lock_class : int {
	tree,	  // sysfs: the directory tree, and its commands
	registry, // in-kernel API: start, stop and commit of one context
	context,  // start and stop of the thread of one kdamond
	requests, // the request queue of one kdamond
};

class mutex {
public:
	explicit mutex(lock_class cls) { kapi_mutex_init(&raw_, static_cast<int>(cls)); }
	mutex(const mutex &) = delete;
	mutex &operator=(const mutex &) = delete;

private:
	friend class guard;
	kapi_mutex raw_;
};

class [[nodiscard]] guard {
public:
	explicit guard(mutex &m) : mutex_{m} { kapi_mutex_lock(&mutex_.raw_); }
	~guard() { kapi_mutex_unlock(&mutex_.raw_); }
	guard(const guard &) = delete;
	guard &operator=(const guard &) = delete;

	// Drops the lock, runs @action, and takes the lock again.
	template <typename Action> void unlocked(Action &&action)
	{
		kapi_mutex_unlock(&mutex_.raw_);
		action();
		kapi_mutex_lock(&mutex_.raw_);
	}

private:
	mutex &mutex_;
};

template <typename T> class guarded {
public:
	template <typename... Arguments>
	explicit guarded(lock_class cls, Arguments &&...arguments)
		: lock_{cls}, value_{static_cast<Arguments &&>(arguments)...}
	{
	}

	// Calls @action(T &) with the lock held and returns what it returns.
	template <typename Action> decltype(auto) with(Action &&action)
	{
		guard held{lock_};
		return action(value_);
	}

private:
	mutex lock_;
	T value_;
};

// An event with one waiter.
class completion {
public:
	completion() { kapi_completion_init(&raw_); }
	completion(const completion &) = delete;
	completion &operator=(const completion &) = delete;

	void complete() { kapi_completion_complete(&raw_); }
	void wait() { kapi_completion_wait(&raw_); }
	// False: a signal came first.
	[[nodiscard]] bool wait_interruptible()
	{
		return kapi_completion_wait_interruptible(&raw_) == 0;
	}

private:
	kapi_completion raw_;
};

} // namespace damon
