// SPDX-License-Identifier: GPL-2.0
/* Files of any length that are read whole, as kernfs files of our own. */
#include <linux/err.h>
#include <linux/seq_file.h>
#include "damonxx/abi.h"
#include "damonxx/kapi.h"
#include "sysfs/kernel/binary.h"

/*
 * The content is made in the open file's own buffer, and a larger one takes its place if need be.
 * seq_file would look for a large enough one by having the content shown again and again, and each
 * showing would be another content.  Called with the open file's mutex held; the file cannot go
 * away meanwhile.
 */
static int show(struct seq_file *seq, void *unused)
{
	const struct kernfs_open_file *open = seq->private;
	const struct damonxx_binary *file = open->kn->priv;
	unsigned long room = seq->size;
	void *memory = seq->buf;
	long size;

	/*
	 * SAFETY: nothing is in the buffer yet.  seq_file allocates it with kvmalloc() and frees it
	 * with kvfree(), which kapi_free() and kapi_alloc() go with.  It frees one that these have
	 * counted, and they free one that they have not, so their count comes out even.
	 */
	size = damonxx_file_read(file->owner, file->number, &memory, &room);
	seq->buf = memory;
	seq->size = room;
	if (size < 0)
		return size;
	seq->count = size;
	return 0;
}

/* Once the file is removed, kernfs calls nothing of ours: an open file does not keep the module. */
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
