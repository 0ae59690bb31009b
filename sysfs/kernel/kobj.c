// SPDX-License-Identifier: GPL-2.0
/* Directories of files, as kobjects. */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/wait.h>
#include "damonxx/abi.h"
#include "damonxx/kapi.h"
#include "sysfs/kernel/binary.h"

struct kapi_dir_kind {
	struct list_head all;
	struct kobj_type type;
	struct attribute_group group;
	const struct attribute_group *groups[2];
	struct attribute **list; /* of the files, NULL-terminated; then the binary ones */
	u32 n_binary;
	u32 n;
	struct attribute files[];
};

struct kapi_dir {
	struct kobject kobj;
	void *owner;
	struct damonxx_binary binary[]; /* one for each binary file of the kind */
};

static LIST_HEAD(kinds);

/* Counted until their release, which may be long after their removal. */
static atomic_t directories = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(directory_gone);

/* The directory that has a symbolic link, and the name of that. */
static struct kapi_dir *linked;
static const char *link_name;

/*
 * A handler of one file may remove other files and wait for their handlers.  With one lockdep class
 * for all files, as sysfs_attr_init() would give them here, that looks like a deadlock.  Classes
 * must be static; files beyond their number share the last one.
 */
#ifdef CONFIG_DEBUG_LOCK_ALLOC
static struct lock_class_key file_classes[256];
static unsigned int file_classes_used;

static void set_lock_class(struct attribute *file)
{
	const unsigned int last = ARRAY_SIZE(file_classes) - 1;

	file->key = &file_classes[min(file_classes_used, last)];
	file_classes_used++;
}

static struct lock_class_key *lock_class(const struct attribute *file)
{
	return file->key;
}

static void forget_lock_classes(void)
{
	file_classes_used = 0;
}
#else
static void set_lock_class(struct attribute *file)
{
}

static struct lock_class_key *lock_class(const struct attribute *file)
{
	return NULL;
}

static void forget_lock_classes(void)
{
}
#endif

static struct kapi_dir *dir_of(struct kobject *kobj)
{
	return container_of(kobj, struct kapi_dir, kobj);
}

static u32 file_number(struct kobject *kobj, struct attribute *file)
{
	const struct kapi_dir_kind *kind =
		container_of(get_ktype(kobj), struct kapi_dir_kind, type);

	return file - kind->files;
}

static ssize_t show(struct kobject *kobj, struct attribute *file, char *buf)
{
	return damonxx_file_show(dir_of(kobj)->owner, file_number(kobj, file), buf, PAGE_SIZE);
}

static ssize_t store(struct kobject *kobj, struct attribute *file, const char *buf, size_t size)
{
	return damonxx_file_store(dir_of(kobj)->owner, file_number(kobj, file), buf, size);
}

static const struct sysfs_ops file_ops = {
	.show = show,
	.store = store,
};

static void release(struct kobject *kobj)
{
	kfree(dir_of(kobj));
	if (atomic_dec_and_test(&directories))
		wake_up_all(&directory_gone);
}

struct kapi_dir_kind *kapi_dir_kind_make(const struct kapi_file *files, u32 n)
{
	struct kapi_dir_kind *kind = kzalloc(struct_size(kind, files, n), GFP_KERNEL);
	u32 i, plain = 0;

	if (!kind)
		return NULL;
	kind->list = kcalloc(n + 1, sizeof(*kind->list), GFP_KERNEL);
	if (!kind->list) {
		kfree(kind);
		return NULL;
	}
	kind->n = n;
	for (i = 0; i < n; i++) {
		kind->files[i].name = files[i].name;
		kind->files[i].mode = files[i].mode;
		set_lock_class(&kind->files[i]);
		if (files[i].binary)
			kind->list[n - kind->n_binary++] = &kind->files[i];
		else
			kind->list[plain++] = &kind->files[i];
	}
	kind->group.attrs = kind->list;
	kind->groups[0] = &kind->group;
	kind->type.release = release;
	kind->type.sysfs_ops = &file_ops;
	kind->type.default_groups = kind->groups;
	list_add_tail(&kind->all, &kinds);
	return kind;
}

void kapi_dir_kinds_free(void)
{
	struct kapi_dir_kind *kind, *next;

	wait_event(directory_gone, !atomic_read(&directories));
	/*
	 * SAFETY: the task that called the last release() may still be inside it, perhaps
	 * preempted.  Tasks RCU waits until every task has left the function that it is in now, so
	 * after this the text of the module may be freed.
	 */
	synchronize_rcu_tasks();
	list_for_each_entry_safe(kind, next, &kinds, all) {
		kfree(kind->list);
		kfree(kind);
	}
	INIT_LIST_HEAD(&kinds);
	forget_lock_classes();
}

static int add_binary_files(struct kapi_dir *dir, const struct kapi_dir_kind *kind)
{
	u32 i;

	if (!kapi_has_feature(KAPI_FEATURE_BINARY))
		return 0;
	for (i = 0; i < kind->n_binary; i++) {
		const struct attribute *file = kind->list[kind->n - i];
		int error;

		dir->binary[i].owner = dir->owner;
		dir->binary[i].number = file - kind->files;
		error = damonxx_binary_add(dir->kobj.sd, file->name, file->mode, &dir->binary[i],
					   lock_class(file));
		if (error)
			return error;
	}
	return 0;
}

int kapi_dir_add(struct kapi_dir **dir, struct kapi_dir *parent, const char *name,
		 const struct kapi_dir_kind *kind, void *owner)
{
	struct kapi_dir *added;
	int error;

	if (!parent && !kapi_has_feature(KAPI_FEATURE_SYSFS))
		return -EOPNOTSUPP;
	added = kzalloc(struct_size(added, binary, kind->n_binary), GFP_KERNEL);
	if (!added)
		return -ENOMEM;
	added->owner = owner;
	atomic_inc(&directories);
	/* SAFETY: kobjects do not change their type; the prototype in 6.1 lacks the const. */
	error = kobject_init_and_add(&added->kobj, (struct kobj_type *)&kind->type,
				     parent ? &parent->kobj : mm_kobj, "%s", name);
	if (!error) {
		error = add_binary_files(added, kind);
		/* The last kobject_put() may come later, but the files point to @owner, which the
		 * caller frees now: remove them here. */
		if (error)
			kobject_del(&added->kobj);
	}
	if (error) {
		kobject_put(&added->kobj);
		return error;
	}
	*dir = added;
	return 0;
}

int kapi_dir_link(struct kapi_dir *dir, const char *name)
{
	int error;

	if (WARN_ON_ONCE(linked))
		return -EBUSY;
	error = sysfs_create_link_nowarn(mm_kobj, &dir->kobj, name);
	if (error)
		return error == -EEXIST ? 0 : error;
	linked = dir;
	link_name = name;
	return 0;
}

void kapi_dir_remove(struct kapi_dir *dir)
{
	if (dir == linked) {
		sysfs_remove_link(mm_kobj, link_name);
		linked = NULL;
	}
	kobject_del(&dir->kobj);
	kobject_put(&dir->kobj);
}
