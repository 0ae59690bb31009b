// SPDX-License-Identifier: GPL-2.0
// Mutexes, cancellable mutexes and completions.
#include "scheduler.hh"

#include <cerrno>
#include <new>

namespace host {
namespace {

struct mutex_state {
	std::mutex lock;
	std::atomic<const task *> owner;
	int lock_class;
};
static_assert(sizeof(mutex_state) <= sizeof(kapi_mutex));

struct cancellable_mutex_state {
	std::mutex lock;
	std::condition_variable changed;
	const task *owner;
	int lock_class;
};
static_assert(sizeof(cancellable_mutex_state) <= sizeof(kapi_cancellable_mutex));

struct completion_state {
	bool done;
};
static_assert(sizeof(completion_state) <= sizeof(kapi_completion));

// Completions die as soon as they are complete, so what one waits on is not inside them.
struct completion_queue {
	std::mutex lock;
	std::condition_variable changed;
};
completion_queue completion_queues[64];

template <typename State, typename Storage> State &state_of(Storage *storage)
{
	return *std::launder(reinterpret_cast<State *>(storage->opaque));
}

completion_queue &queue_of(const kapi_completion *done)
{
	return completion_queues[mix(reinterpret_cast<unsigned long>(done)) % 64];
}

bool is_closed(const u8 *closed)
{
	return closed != nullptr && __atomic_load_n(closed, __ATOMIC_ACQUIRE) != 0;
}

bool wait_for_completion(kapi_completion *done, bool interruptible)
{
	completion_queue &queue = queue_of(done);
	completion_state &state = state_of<completion_state>(done);
	std::unique_lock lock(queue.lock);

	return wait_for(
		lock, queue.changed, "a completion", [&] { return state.done; }, interruptible);
}

} // namespace
} // namespace host

using namespace host;

void kapi_mutex_init(kapi_mutex *mutex, int lock_class)
{
	new (mutex->opaque) mutex_state{{}, nullptr, lock_class};
}

void kapi_mutex_lock(kapi_mutex *mutex)
{
	mutex_state &state = state_of<mutex_state>(mutex);

	preemption_point();
	if (state.owner.load() == &current_task())
		die("a mutex of class %d is locked twice by one thread", state.lock_class);
	lock_order_acquire(state.lock_class, false);
	if (is_virtual() && state.owner.load() != nullptr)
		block("a mutex", [&] { return state.owner.load() == nullptr; });
	state.lock.lock();
	state.owner = &current_task();
}

void kapi_mutex_unlock(kapi_mutex *mutex)
{
	mutex_state &state = state_of<mutex_state>(mutex);

	if (state.owner.load() != &current_task())
		die("a mutex of class %d is unlocked by a thread that does not hold it",
		    state.lock_class);
	lock_order_release(state.lock_class);
	state.owner = nullptr;
	state.lock.unlock();
	preemption_point();
}

void kapi_cancellable_mutex_init(kapi_cancellable_mutex *mutex, int lock_class)
{
	new (mutex->opaque) cancellable_mutex_state{{}, {}, nullptr, lock_class};
}

int kapi_cancellable_mutex_lock(kapi_cancellable_mutex *mutex, const u8 *closed)
{
	cancellable_mutex_state &state = state_of<cancellable_mutex_state>(mutex);
	const task &self = current_task();

	preemption_point();
	std::unique_lock lock(state.lock);
	if (state.owner == &self)
		die("a cancellable mutex of class %d is locked twice by one thread",
		    state.lock_class);
	if (!wait_for(
		    lock, state.changed, "a cancellable mutex",
		    [&] { return is_closed(closed) || state.owner == nullptr; }, true))
		return -EINTR;
	if (is_closed(closed))
		return -ENODEV;
	lock_order_acquire(state.lock_class, closed != nullptr);
	state.owner = &self;
	return 0;
}

void kapi_cancellable_mutex_unlock(kapi_cancellable_mutex *mutex)
{
	cancellable_mutex_state &state = state_of<cancellable_mutex_state>(mutex);

	{
		std::unique_lock lock(state.lock);
		if (state.owner != &current_task())
			die("a cancellable mutex of class %d is unlocked by a thread that does not "
			    "hold it",
			    state.lock_class);
		lock_order_release(state.lock_class);
		state.owner = nullptr;
		state.changed.notify_all();
	}
	preemption_point();
}

void kapi_cancellable_mutex_wake_waiters(kapi_cancellable_mutex *mutex)
{
	cancellable_mutex_state &state = state_of<cancellable_mutex_state>(mutex);
	std::unique_lock lock(state.lock);

	state.changed.notify_all();
}

void kapi_completion_init(kapi_completion *done)
{
	new (done->opaque) completion_state{false};
}

void kapi_completion_complete(kapi_completion *done)
{
	completion_queue &queue = queue_of(done);
	std::unique_lock lock(queue.lock);

	state_of<completion_state>(done).done = true;
	queue.changed.notify_all();
}

void kapi_completion_wait(kapi_completion *done)
{
	static_cast<void>(wait_for_completion(done, false));
}

int kapi_completion_wait_interruptible(kapi_completion *done)
{
	return wait_for_completion(done, true) ? 0 : -EINTR;
}
