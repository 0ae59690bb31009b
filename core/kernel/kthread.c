// SPDX-License-Identifier: GPL-2.0
/* Kernel threads for the C++ core: start, stop, and a sleep that other tasks can end. */
#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include "damonxx/kapi.h"

/* Timer slack: a wake-up may come this late, so that timers expire together. */
#define MAX_SLACK_NS (50ULL * NSEC_PER_USEC)

struct kapi_thread {
	struct task_struct *task;
	void (*run)(struct kapi_thread *self, void *argument);
	void *argument;
	struct completion begun;
	atomic_t woken;
};

static int thread_main(void *data)
{
	struct kapi_thread *self = data;

	complete(&self->begun);
	self->run(self, self->argument);
	/*
	 * SAFETY: drops the reference to the module and ends the thread in the kernel's own text,
	 * so the module may be unloaded right after the drop.  @self is not used any more;
	 * kapi_thread_stop() frees it after the thread has exited.
	 */
	module_put_and_kthread_exit(0);
}

int kapi_thread_start(struct kapi_thread **thread, const char *name,
		      void (*run)(struct kapi_thread *self, void *argument), void *argument)
{
	struct kapi_thread *self = kapi_alloc(sizeof(*self));
	struct task_struct *task;

	if (!self)
		return -ENOMEM;
	if (!try_module_get(THIS_MODULE)) {
		kapi_free(self);
		return -ENODEV;
	}
	self->run = run;
	self->argument = argument;
	init_completion(&self->begun);
	task = kthread_create(thread_main, self, "%s", name);
	if (IS_ERR(task)) {
		module_put(THIS_MODULE);
		kapi_free(self);
		return PTR_ERR(task);
	}
	/* SAFETY: the thread may end by itself; stop and wake need its task_struct. */
	self->task = get_task_struct(task);
	*thread = self;
	wake_up_process(task);
	/* Once thread_main() has begun, it will drop the reference to the module. */
	wait_for_completion(&self->begun);
	return 0;
}

void kapi_thread_stop(struct kapi_thread *thread)
{
	kthread_stop(thread->task);
	put_task_struct(thread->task);
	kapi_free(thread);
}

void kapi_thread_wake(struct kapi_thread *thread)
{
	atomic_set(&thread->woken, 1);
	/* Orders storing the flag before reading the task's state: kapi_thread_sleep_until(). */
	wake_up_process(thread->task);
}

int kapi_thread_pid(struct kapi_thread *thread)
{
	return task_pid_nr(thread->task);
}

bool kapi_thread_should_stop(void)
{
	return kthread_should_stop();
}

/*
 * TASK_IDLE: adds no load, is no hung task, and the freezer does not wait for it.  The state is
 * set before the flags are read, and a waker sets the flag before it reads the state, so a
 * wake-up is never lost.
 */
void kapi_thread_sleep_until(struct kapi_thread *self, u64 deadline_ns)
{
	ktime_t expires = min_t(u64, deadline_ns, KTIME_MAX);
	u64 now_ns = ktime_get_ns();
	u64 slack_ns;

	for (; now_ns < deadline_ns; now_ns = ktime_get_ns()) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop() || atomic_xchg(&self->woken, 0))
			break;
		slack_ns = min((deadline_ns - now_ns) / 64, MAX_SLACK_NS);
		schedule_hrtimeout_range_clock(&expires, slack_ns, HRTIMER_MODE_ABS,
					       CLOCK_MONOTONIC);
	}
	__set_current_state(TASK_RUNNING);
}

/* Updated whenever the thread stops running, and at ticks. */
u64 kapi_thread_cpu_ns(void)
{
	return READ_ONCE(current->se.sum_exec_runtime);
}
