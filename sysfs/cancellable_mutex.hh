// SPDX-License-Identifier: GPL-2.0
// A mutex whose waiters can be cancelled: see kapi_cancellable_mutex.
#pragma once
#include "damonxx/lib/guard.hh"
#include "damonxx/lib/own.hh"

namespace damon {

class cancellable_mutex {
public:
	explicit cancellable_mutex(lock_class cls)
	{
		kapi_cancellable_mutex_init(&raw_, static_cast<int>(cls));
	}
	cancellable_mutex(const cancellable_mutex &) = delete;
	cancellable_mutex &operator=(const cancellable_mutex &) = delete;

	// Holds the mutex until it is destroyed.
	class [[nodiscard]] guard {
	public:
		explicit guard(cancellable_mutex &locked) : locked_{&locked} {}
		guard(guard &&other) : locked_{std::exchange(other.locked_, nullptr)} {}
		guard &operator=(guard &&) = delete;
		~guard()
		{
			if (locked_)
				kapi_cancellable_mutex_unlock(&locked_->raw_);
		}

	private:
		cancellable_mutex *locked_;
	};

	// nodev: *@cancelled is or became non-zero; intr: a signal came while waiting.
	result<guard> lock(const u8 *cancelled = nullptr)
	{
		TRY(status::from_errno(kapi_cancellable_mutex_lock(&raw_, cancelled)));
		return guard{*this};
	}

	// Makes every waiter test its flag again.
	void wake_waiters() { kapi_cancellable_mutex_wake_waiters(&raw_); }

private:
	kapi_cancellable_mutex raw_;
};

} // namespace damon
