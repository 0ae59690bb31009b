// SPDX-License-Identifier: GPL-2.0
/*
 * Holds a lock of a page of a process for as long as the test likes.
 *
 * "PID ADDRESS LOCK" written into /proc/lock_holder takes LOCK, which is folio (the folio's own), anon_vma or i_mmap (for
 * writing, of what maps the folio), and waits in that until a signal comes.  Reading tells how many locks are held.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/proc_fs.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/wait.h>

static atomic_t held;
static DECLARE_WAIT_QUEUE_HEAD(never);

/* With a reference. */
static struct folio *find_folio(int number, unsigned long address)
{
	struct pid *pid = find_get_pid(number);
	struct task_struct *task = get_pid_task(pid, PIDTYPE_PID);
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;
	struct page *page = NULL;

	if (mm) {
		mmap_read_lock(mm);
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
		if (get_user_pages_remote(mm, address, 1, 0, &page, NULL, NULL) != 1)
#else
		if (get_user_pages_remote(mm, address, 1, 0, &page, NULL) != 1)
#endif
			page = NULL;
		mmap_read_unlock(mm);
		mmput(mm);
	}
	if (task)
		put_task_struct(task);
	put_pid(pid);
	return page ? page_folio(page) : NULL;
}

static void wait_for_signal(void)
{
	atomic_inc(&held);
	wait_event_interruptible(never, false);
	atomic_dec(&held);
}

/* The process stays, and its mapping, so what the folio is found by stays. */
static int hold(struct folio *folio, const char *lock)
{
	unsigned long mapping = (unsigned long)folio->mapping;

	if (!strcmp(lock, "folio")) {
		folio_lock(folio);
		wait_for_signal();
		folio_unlock(folio);
	} else if (!strcmp(lock, "anon_vma") && folio_test_anon(folio)) {
		struct rw_semaphore *root = &((struct anon_vma *)(mapping - PAGE_MAPPING_ANON))->root->rwsem;

		down_write(root);
		wait_for_signal();
		up_write(root);
	} else if (!strcmp(lock, "i_mmap") && !folio_test_anon(folio)) {
		i_mmap_lock_write(folio->mapping);
		wait_for_signal();
		i_mmap_unlock_write(folio->mapping);
	} else {
		return -EINVAL;
	}
	return 0;
}

static ssize_t hold_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	char text[80], lock[20];
	unsigned long address;
	struct folio *folio;
	int number, error;

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, size))
		return -EFAULT;
	text[size] = 0;
	if (sscanf(text, "%d %lu %19s", &number, &address, lock) != 3)
		return -EINVAL;
	folio = find_folio(number, address);
	if (!folio)
		return -ESRCH;
	error = hold(folio, lock);
	folio_put(folio);
	return error ?: size;
}

static ssize_t hold_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	char text[16];

	return simple_read_from_buffer(to, size, at, text, scnprintf(text, sizeof(text), "%d\n", atomic_read(&held)));
}

static const struct proc_ops operations = {
	.proc_read = hold_read,
	.proc_write = hold_write,
};

static int __init lock_holder_init(void)
{
	return proc_create("lock_holder", 0600, NULL, &operations) ? 0 : -ENOMEM;
}

static void __exit lock_holder_exit(void)
{
	remove_proc_entry("lock_holder", NULL);
}

module_init(lock_holder_init);
module_exit(lock_holder_exit);
MODULE_DESCRIPTION("Holds locks of pages, for tests");
MODULE_LICENSE("GPL");
