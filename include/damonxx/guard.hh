// SPDX-License-Identifier: GPL-2.0
// Locks.  Data lives inside its lock: guarded<T> lends it out only while the lock is held.
#pragma once
#include "damonxx/types.hh"

namespace damon {

// In the order of taking; core/klock.c has a lockdep class and a name for each.
enum class lock_class : int {
	tree,	  // sysfs: the directories and who changes them
	registry, // who starts, stops and commits, by the in-kernel API
	context,  // start, stop and commit of one context
	requests, // one kdamond's queue
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

	// The one escape: drops the lock, runs @action, takes it again.
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

// One event that one waiter waits for.
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
