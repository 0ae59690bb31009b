// SPDX-License-Identifier: GPL-2.0
/* Interrupts the threads of the test, and finds the threads of kdamonds. */
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include "kunit/torture/world.h"

static DEFINE_SPINLOCK(lock);
static struct task_struct *tasks[DAMONXX_TORTURE_MAX_THREADS]; /* under @lock */

void damonxx_torture_enter(u32 index)
{
	allow_signal(SIGINT);
	spin_lock(&lock);
	tasks[index] = current;
	spin_unlock(&lock);
}

void damonxx_torture_leave(u32 index)
{
	spin_lock(&lock);
	tasks[index] = NULL;
	spin_unlock(&lock);
}

void damonxx_torture_interrupt(u32 index)
{
	spin_lock(&lock);
	/* SAFETY: a thread removes itself from the table before it exits. */
	if (tasks[index])
		send_sig(SIGINT, tasks[index], 1);
	spin_unlock(&lock);
}

void damonxx_torture_forget_interrupts(void)
{
	flush_signals(current);
}

/* A thread that is exiting runs no code of this module any more. */
bool damonxx_torture_has_thread(int pid, const char *name)
{
	struct task_struct *task;
	bool there;

	rcu_read_lock();
	task = pid_task(find_pid_ns(pid, &init_pid_ns), PIDTYPE_PID);
	there = task && !(READ_ONCE(task->flags) & PF_EXITING) && !strcmp(task->comm, name);
	rcu_read_unlock();
	return there;
}
