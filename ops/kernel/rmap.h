/* SPDX-License-Identifier: GPL-2.0 */
/* The accessed bits of a folio: those of all page-table entries that map it. */
#ifndef DAMONXX_RMAP_H
#define DAMONXX_RMAP_H

#include <linux/mm_types.h>

/*
 * All: false if somebody else is at the folio or its maps, and it was not, or not completely,
 * looked at; they wait for no such lock.  What is not mapped has no accessed bit.  CONTEXT:
 * process, may sleep; a reference to @folio is held, and it was seen on an LRU list.
 */

/* Clears all; *@young: one was set, here or in a secondary map. */
bool damonxx_rmap_clear(struct folio *folio, bool *young);
/* *@young: one is set. */
bool damonxx_rmap_test(struct folio *folio, bool *young);
/* Sets one. */
bool damonxx_rmap_set(struct folio *folio);

#endif
