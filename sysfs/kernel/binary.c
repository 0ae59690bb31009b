// SPDX-License-Identifier: GPL-2.0
/* Files of any length that are read as a whole, as kernfs files of damonxx. */
#include <linux/err.h>
#include <linux/seq_file.h>
#include "damonxx/abi.h"
#include "damonxx/kapi.h"
#include "sysfs/kernel/binary.h"

/*
 * Makes the content in the buffer of the seq_file, which it replaces by a larger one if needed.  If
 * seq_file grew the buffer itself, it would call show() again for each size, and each call would
 * make another content.  Called with the mutex of the open file held; the file cannot be removed
 * meanwhile.
 */
static int show(struct seq_file *seq, void *unused)
{
	const struct kernfs_open_file *open = seq->private;
	const struct damonxx_binary *file = open->kn->priv;
	unsigned long room = seq->size;
	void *memory = seq->buf;
	long size;

	/*
	 * SAFETY: the buffer is still empty.  seq_file allocates it with kvmalloc() and frees it
	 * with kvfree(), as kapi_alloc() and kapi_free() do.  seq_file frees a buffer that
	 * kapi_alloc() has counted, and kapi_free() one that it has not, so the count of
	 * allocations stays right.
	 */
	size = damonxx_file_read(file->owner, file->number, &memory, &room);
	seq->buf = memory;
	seq->size = room;
	if (size < 0)
		return size;
	seq->count = size;
	return 0;
}

/* kernfs does not call the ops of a removed file, so an open file need not pin the module. */
static const struct kernfs_ops binary_ops = {
	.seq_show = show,
};

int damonxx_binary_add(struct kernfs_node *dir, const char *name, umode_t mode,
		       struct damonxx_binary *file, struct lock_class_key *key)
{
	return PTR_ERR_OR_ZERO(__kernfs_create_file(dir, name, mode, GLOBAL_ROOT_UID,
						    GLOBAL_ROOT_GID, 0, &binary_ops, file, NULL,
						    key));
}
