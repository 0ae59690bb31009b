/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The functions of the C++ core that C calls.  Included by both languages.  They return a
 * negative errno, or else 0 or the length stated.
 */
#ifndef DAMONXX_ABI_H
#define DAMONXX_ABI_H

#include "kapi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Module init and exit: no code of the core runs before or after.  CONTEXT: process. */
KAPI_MUST_CHECK int damonxx_init(void);
void damonxx_exit(void);

/*
 * Handle a read or write of file number @file in the directory of @owner.  @buf has room for
 * @size bytes (show), or holds @size bytes and a NUL (store).  Return a length.
 * CONTEXT: process, may sleep; the caller keeps the directory from being removed.
 */
long damonxx_file_show(void *owner, u32 file, char *buf, unsigned long size);
long damonxx_file_store(void *owner, u32 file, const char *buf, unsigned long size);

/*
 * Stores the current content of binary file number @file in *@memory, which has room for *@room
 * bytes.  If that is too small, replaces it by a larger block from kapi_alloc(); the caller frees
 * it with kapi_free().  Returns the length of the content, less than *@room.  CONTEXT: as above.
 */
long damonxx_file_read(void *owner, u32 file, void **memory, unsigned long *room);

#ifdef __cplusplus
}
#endif
#endif
