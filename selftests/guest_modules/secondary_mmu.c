// SPDX-License-Identifier: GPL-2.0
/*
 * secondary_mmu: has page tables of its own for part of a process's memory, as KVM has for a guest, and is told by MMU
 * notifiers what becomes of that memory.  There is no hardware: the tables are one accessed bit for each page.
 *
 *	insmod secondary_mmu.ko pid=4711 start=0x7f0000000000 end=0x7f0000400000
 *	cd /sys/module/secondary_mmu/parameters
 *	echo Y > accessing	# every page is accessed again and again
 *	cat nr_cleared nr_tested invalidated_bytes released
 */
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

static int pid;
module_param(pid, int, 0400);
MODULE_PARM_DESC(pid, "The process");
static ulong start;
module_param(start, ulong, 0400);
MODULE_PARM_DESC(start, "The first address of the part");
static ulong end;
module_param(end, ulong, 0400);
MODULE_PARM_DESC(end, "The end of the part");
static bool accessing;
module_param(accessing, bool, 0600);
MODULE_PARM_DESC(accessing, "Whether all of the part is accessed, in each jiffy");

/* All but the parameters above is under the lock. */
static DEFINE_SPINLOCK(lock);
static unsigned long *accessed;
static ulong nr_cleared, nr_tested, invalidated_bytes;
static bool released;
module_param(nr_cleared, ulong, 0400);
MODULE_PARM_DESC(nr_cleared, "How many times accessed bits were cleared");
module_param(nr_tested, ulong, 0400);
MODULE_PARM_DESC(nr_tested, "How many times one was looked at");
module_param(invalidated_bytes, ulong, 0400);
MODULE_PARM_DESC(invalidated_bytes, "How much of the part had to be unmapped");
module_param(released, bool, 0400);
MODULE_PARM_DESC(released, "Whether the address space has ended");

static unsigned long nr_pages(void)
{
	return (end - start) >> PAGE_SHIFT;
}

/* Whether any page from @from to @to was accessed; none is any more if @clear. */
static bool look(unsigned long from, unsigned long to, bool clear, ulong *count)
{
	unsigned long flags, first, next;
	bool any = false;

	from = max(from, start);
	to = min(to, end);
	if (from >= to)
		return false;
	first = (from - start) >> PAGE_SHIFT;
	next = (to - start + PAGE_SIZE - 1) >> PAGE_SHIFT;
	spin_lock_irqsave(&lock, flags);
	if (find_next_bit(accessed, next, first) < next) {
		any = true;
		if (clear)
			bitmap_clear(accessed, first, next - first);
	}
	(*count)++;
	spin_unlock_irqrestore(&lock, flags);
	return any;
}

static int clear_young(struct mmu_notifier *notifier, struct mm_struct *mm, unsigned long from,
		       unsigned long to)
{
	return look(from, to, true, &nr_cleared);
}

static int test_young(struct mmu_notifier *notifier, struct mm_struct *mm, unsigned long address)
{
	return look(address, address + 1, false, &nr_tested);
}

static int invalidate_range_start(struct mmu_notifier *notifier,
				  const struct mmu_notifier_range *range)
{
	unsigned long from = max(range->start, start), to = min(range->end, end), flags;
	ulong none = 0;

	if (from >= to)
		return 0;
	look(from, to, true, &none);
	spin_lock_irqsave(&lock, flags);
	invalidated_bytes += to - from;
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static void release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	WRITE_ONCE(released, true);
}

static const struct mmu_notifier_ops ops = {
	.clear_flush_young = clear_young,
	.clear_young = clear_young,
	.test_young = test_young,
	.invalidate_range_start = invalidate_range_start,
	.release = release,
};
static struct mmu_notifier notifier = {.ops = &ops};

static void access_all(struct work_struct *work)
{
	struct delayed_work *again = to_delayed_work(work);
	unsigned long flags;

	if (READ_ONCE(accessing)) {
		spin_lock_irqsave(&lock, flags);
		bitmap_fill(accessed, nr_pages());
		spin_unlock_irqrestore(&lock, flags);
	}
	schedule_delayed_work(again, 1);
}
static DECLARE_DELAYED_WORK(work, access_all);

static struct mm_struct *find_mm(void)
{
	struct pid *number = find_get_pid(pid);
	struct task_struct *task = get_pid_task(number, PIDTYPE_PID);
	struct mm_struct *mm = NULL;

	put_pid(number);
	if (task) {
		mm = get_task_mm(task);
		put_task_struct(task);
	}
	return mm;
}

/* The notifier keeps the address space's structure. */
static int __init secondary_mmu_init(void)
{
	struct mm_struct *mm;
	int error;

	if (start >= end || !PAGE_ALIGNED(start | end))
		return -EINVAL;
	mm = find_mm();
	if (!mm)
		return -ESRCH;
	accessed = bitmap_zalloc(nr_pages(), GFP_KERNEL);
	error = accessed ? mmu_notifier_register(&notifier, mm) : -ENOMEM;
	mmput(mm);
	if (error) {
		bitmap_free(accessed);
		return error;
	}
	schedule_delayed_work(&work, 1);
	return 0;
}

static void __exit secondary_mmu_exit(void)
{
	cancel_delayed_work_sync(&work);
	mmu_notifier_unregister(&notifier, notifier.mm);
	bitmap_free(accessed);
}

module_init(secondary_mmu_init);
module_exit(secondary_mmu_exit);
MODULE_DESCRIPTION("Stands for a hypervisor: page tables of its own, kept up to date by MMU notifiers");
MODULE_LICENSE("GPL");
