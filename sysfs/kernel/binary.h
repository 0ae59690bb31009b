/* SPDX-License-Identifier: GPL-2.0 */
/* Files whose content may be longer than the one page that a file of sysfs can have. */
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
 * Adds the file @name to @dir.  It goes with the directory, whose removal waits for readers inside;
 * @file and @key outlive that.  KAPI_FEATURE_BINARY is needed.  CONTEXT: process, may sleep.
 */
int damonxx_binary_add(struct kernfs_node *dir, const char *name, umode_t mode,
		       struct damonxx_binary *file, struct lock_class_key *key);

#endif
