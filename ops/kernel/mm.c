// SPDX-License-Identifier: GPL-2.0
/* References to process ids and address spaces. */
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include "damonxx/kapi.h"

struct kapi_pid *kapi_pid_get(int number)
{
	struct pid *pid = find_get_pid(number);

	/* A struct pid may outlive its process as the id of a process group or session. */
	if (pid && !pid_has_task(pid, PIDTYPE_PID)) {
		put_pid(pid);
		pid = NULL;
	}
	return (struct kapi_pid *)pid;
}

void kapi_pid_put(struct kapi_pid *pid)
{
	put_pid((struct pid *)pid);
}

/*
 * A leader that has exited has no address space, but other threads of its group may still run.
 * get_task_mm() returns NULL for kernel threads, also for those that have borrowed one.
 */
struct kapi_mm *kapi_mm_get(struct kapi_pid *pid)
{
	struct task_struct *task, *other;
	struct mm_struct *mm = NULL;

	rcu_read_lock();
	/* SAFETY: RCU keeps the tasks that are found under it. */
	task = pid_task((struct pid *)pid, PIDTYPE_PID);
	if (task) {
		mm = get_task_mm(task);
		if (!mm && !(task->flags & PF_KTHREAD)) {
			for_each_thread(task, other) {
				mm = get_task_mm(other);
				if (mm)
					break;
			}
		}
	}
	rcu_read_unlock();
	return (struct kapi_mm *)mm;
}

bool kapi_pid_has_process(struct kapi_pid *pid)
{
	struct task_struct *task;
	bool found;

	rcu_read_lock();
	/* SAFETY: as above. */
	task = pid_task((struct pid *)pid, PIDTYPE_PID);
	found = task && !(task->flags & PF_KTHREAD);
	rcu_read_unlock();
	return found;
}

/* Dropping the last reference unmaps everything; mmput_async() leaves that to a workqueue. */
void kapi_mm_put(struct kapi_mm *mm)
{
	mmput_async((struct mm_struct *)mm);
}
