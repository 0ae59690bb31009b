/* SPDX-License-Identifier: GPL-2.0 */
/* Files whose content may be longer than a page, which is the limit of sysfs files. */
#ifndef DAMONXX_BINARY_H
#define DAMONXX_BINARY_H

#include <linux/kernfs.h>
#include <linux/types.h>

/* One such file of one directory. */
struct damonxx_binary {
	void *owner; /* of the directory */
	u32 number;  /* of the file */
};

/*
 * Adds the file @name to @dir.  It is removed with the directory, which waits for readers inside;
 * @file and @key must outlive that.  Needs KAPI_FEATURE_BINARY.  Returns 0 or a negative errno.
 * CONTEXT: process, may sleep.
 */
int damonxx_binary_add(struct kernfs_node *dir, const char *name, umode_t mode,
		       struct damonxx_binary *file, struct lock_class_key *key);

#endif
