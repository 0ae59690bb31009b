// SPDX-License-Identifier: GPL-2.0
/* Mutexes, gates and completions in storage that the C++ core owns. */
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

struct gate {
	struct mutex mutex;
	wait_queue_head_t waiters;
};

FITS(struct mutex, struct kapi_mutex);
FITS(struct gate, struct kapi_gate);
FITS(struct completion, struct kapi_completion);

/*
 * One lockdep class per value of enum damon::lock_class, so that reports speak our words
 * and two kinds of lock never share a class by accident.
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

static struct gate *as_gate(struct kapi_gate *gate)
{
	return (struct gate *)gate->opaque;
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

void kapi_gate_init(struct kapi_gate *gate, int lock_class)
{
	struct gate *g = as_gate(gate);

	init_classed(&g->mutex, lock_class);
	__init_waitqueue_head(&g->waiters, "damonxx_gate", &waiters_key);
}

static bool is_closed(const u8 *closed)
{
	return closed && READ_ONCE(*closed);
}

/*
 * The mutex is only ever tried, never waited for: a waiter that can be sent away is no
 * part of a deadlock, and lockdep treats trylocks so.
 *
 * Waiters are exclusive: leaving wakes one.  A waiter is queued before it tries the mutex,
 * and the leaver looks at the queue after it released the mutex, so one of the two sees
 * the other.  A waiter that used up a wake-up and goes away without the gate passes the
 * wake-up on; on a signal the wait queue itself does that.
 */
int kapi_gate_enter(struct kapi_gate *gate, const u8 *closed)
{
	struct gate *g = as_gate(gate);
	bool held = false;

	if (wait_event_interruptible_exclusive(
		    g->waiters, is_closed(closed) || (held = mutex_trylock(&g->mutex))))
		return -EINTR;
	if (held && !is_closed(closed))
		return 0;
	if (held)
		mutex_unlock(&g->mutex);
	wake_up(&g->waiters);
	return -ENODEV;
}

void kapi_gate_leave(struct kapi_gate *gate)
{
	struct gate *g = as_gate(gate);

	mutex_unlock(&g->mutex);
	/* The barrier in here orders the release before the look at the queue. */
	if (wq_has_sleeper(&g->waiters))
		wake_up(&g->waiters);
}

void kapi_gate_kick(struct kapi_gate *gate)
{
	wake_up_all(&as_gate(gate)->waiters);
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
