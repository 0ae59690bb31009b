/* SPDX-License-Identifier: GPL-2.0 */
/* Accessed bits of a folio: those of all page-table entries that map it. */
#ifndef DAMONXX_RMAP_H
#define DAMONXX_RMAP_H

#include <linux/mm_types.h>

/*
 * All return false if the lock of the folio or of its mapping is contended, so that no entry or not
 * all of them were visited; they never wait for these locks.  An unmapped folio has no accessed
 * bit.  CONTEXT: process, may sleep; the caller holds a reference to @folio and has seen it on an
 * LRU list.
 */

/* Clears all accessed bits.  *@young: one was set, in a page table or in a secondary MMU. */
bool damonxx_rmap_clear(struct folio *folio, bool *young);
/* *@young: an accessed bit is set. */
bool damonxx_rmap_test(struct folio *folio, bool *young);
/* Sets one accessed bit. */
bool damonxx_rmap_set(struct folio *folio);

#endif
