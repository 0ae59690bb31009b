// SPDX-License-Identifier: GPL-2.0
// The kdamond: the thread that monitors, its clock, and who may talk to it.
#pragma once
#include "core/requests.hh"

namespace damon {

class worker {
public:
	explicit worker(own<configuration> config)
		: monitor_{move(config), kapi_random_u64()}, thread_{lock_class::context}
	{
	}
	~worker() { stop(); }

	// Returns when the thread has begun.  Once only.
	status start(const char *name);
	// Returns when it is gone; also fine if it never was.
	void stop();
	bool running() const { return __atomic_load_n(&running_, __ATOMIC_ACQUIRE); }
	int pid();

	request_queue &requests() { return requests_; }
	// What the worker works with: for who commits, since nobody else replaces it, and only
	// its sizes, which the worker does not change.
	const configuration &config() const { return monitor_.config(); }

private:
	enum class rest { due, restart, stop };

	static void entry(kapi_thread *self, void *argument);
	void run(kapi_thread *self);
	rest rest_until(kapi_thread *self, u64 deadline_ns);
	u64 next_deadline(u64 previous_ns, u64 begun_ns) const;

	monitor monitor_;
	request_queue requests_;
	guarded<kapi_thread *> thread_;
	completion begun_;
	bool running_ = false;
};

} // namespace damon
