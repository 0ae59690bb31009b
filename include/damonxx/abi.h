/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What C may call in the C++ core.  Read by both languages.  Results are negative errno
 * values, or lengths where said.
 */
#ifndef DAMONXX_ABI_H
#define DAMONXX_ABI_H

#include "kapi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Module life: nothing of ours runs before init or after exit.  CONTEXT: process. */
KAPI_MUST_CHECK int damonxx_init(void);
void damonxx_exit(void);

/*
 * A read or write of file number @file of the directory that @owner stands for.  @buf has
 * room for @size bytes (show) or holds @size bytes and a NUL (store).  Returns a length.
 * CONTEXT: process, may sleep; the directory cannot go away meanwhile.
 */
long damonxx_file_show(void *owner, u32 file, char *buf, unsigned long size);
long damonxx_file_store(void *owner, u32 file, const char *buf, unsigned long size);

/*
 * All of the content of binary file number @file, as of now, in *@memory, which has room for *@room
 * bytes.  If that is not enough, larger memory from kapi_alloc() takes its place, and kapi_free()
 * frees it.  Returns the content's length, less than the room.  CONTEXT: as above.
 */
long damonxx_file_read(void *owner, u32 file, void **memory, unsigned long *room);

#ifdef __cplusplus
}
#endif
#endif
