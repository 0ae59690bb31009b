// SPDX-License-Identifier: GPL-2.0
/* Mutexes, cancellable mutexes and completions in storage that the C++ core owns. */
#include <linux/build_bug.h>
#include <linux/completion.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/wait.h>
#include "damonxx/kapi.h"

#define FITS(inner, outer) \
	static_assert(sizeof(inner) <= sizeof(outer) && __alignof__(inner) <= __alignof__(outer))

struct cancellable_mutex {
	struct mutex mutex;
	wait_queue_head_t waiters;
};

FITS(struct mutex, struct kapi_mutex);
FITS(struct cancellable_mutex, struct kapi_cancellable_mutex);
FITS(struct completion, struct kapi_completion);

/*
 * One lockdep class per value of enum damon::lock_class, so that reports name the kind of lock
 * and two kinds never share a class by accident.
 */
#define MAX_CLASSES 8
static struct lock_class_key class_keys[MAX_CLASSES];
static const char *const class_names[MAX_CLASSES] = {
	"damonxx_tree",	  "damonxx_registry", "damonxx_context", "damonxx_requests",
	"damonxx_class4", "damonxx_class5",   "damonxx_class6",	 "damonxx_class7",
};
static struct lock_class_key waiters_key;

static void init_classed(struct mutex *mutex, int lock_class)
{
	unsigned int index = lock_class;

	if (WARN_ON_ONCE(index >= MAX_CLASSES))
		index = MAX_CLASSES - 1;
	__mutex_init(mutex, class_names[index], &class_keys[index]);
}

/* SAFETY, for the three casts below: size and alignment are asserted above. */
static struct mutex *as_mutex(struct kapi_mutex *mutex)
{
	return (struct mutex *)mutex->opaque;
}

static struct cancellable_mutex *as_cancellable_mutex(struct kapi_cancellable_mutex *mutex)
{
	return (struct cancellable_mutex *)mutex->opaque;
}

static struct completion *as_completion(struct kapi_completion *done)
{
	return (struct completion *)done->opaque;
}

void kapi_mutex_init(struct kapi_mutex *mutex, int lock_class)
{
	init_classed(as_mutex(mutex), lock_class);
}

void kapi_mutex_lock(struct kapi_mutex *mutex)
{
	mutex_lock(as_mutex(mutex));
}

void kapi_mutex_unlock(struct kapi_mutex *mutex)
{
	mutex_unlock(as_mutex(mutex));
}

void kapi_cancellable_mutex_init(struct kapi_cancellable_mutex *mutex, int lock_class)
{
	struct cancellable_mutex *m = as_cancellable_mutex(mutex);

	init_classed(&m->mutex, lock_class);
	__init_waitqueue_head(&m->waiters, "damonxx_cancellable_mutex", &waiters_key);
}

static bool is_cancelled(const u8 *cancelled)
{
	return cancelled && READ_ONCE(*cancelled);
}

/*
 * The mutex is only locked by trylock: a waiter that can be cancelled is no part of a deadlock,
 * and lockdep assumes the same of trylocks.
 *
 * Waiters are exclusive: unlocking wakes one.  A waiter is queued before it tries the mutex, and
 * the unlocking task checks the queue after it has released the mutex, so no wake-up is lost.  A
 * waiter that was woken and gives up without the mutex passes the wake-up on; on a signal the
 * wait queue itself does that.
 */
int kapi_cancellable_mutex_lock(struct kapi_cancellable_mutex *mutex, const u8 *cancelled)
{
	struct cancellable_mutex *m = as_cancellable_mutex(mutex);
	bool held = false;

	if (wait_event_interruptible_exclusive(
		    m->waiters, is_cancelled(cancelled) || (held = mutex_trylock(&m->mutex))))
		return -EINTR;
	if (held && !is_cancelled(cancelled))
		return 0;
	if (held)
		mutex_unlock(&m->mutex);
	wake_up(&m->waiters);
	return -ENODEV;
}

void kapi_cancellable_mutex_unlock(struct kapi_cancellable_mutex *mutex)
{
	struct cancellable_mutex *m = as_cancellable_mutex(mutex);

	mutex_unlock(&m->mutex);
	/* Its barrier orders the release before the check of the queue. */
	if (wq_has_sleeper(&m->waiters))
		wake_up(&m->waiters);
}

void kapi_cancellable_mutex_wake_waiters(struct kapi_cancellable_mutex *mutex)
{
	wake_up_all(&as_cancellable_mutex(mutex)->waiters);
}

void kapi_completion_init(struct kapi_completion *done)
{
	init_completion(as_completion(done));
}

void kapi_completion_complete(struct kapi_completion *done)
{
	complete(as_completion(done));
}

void kapi_completion_wait(struct kapi_completion *done)
{
	wait_for_completion(as_completion(done));
}

int kapi_completion_wait_interruptible(struct kapi_completion *done)
{
	return wait_for_completion_interruptible(as_completion(done)) ? -EINTR : 0;
}
