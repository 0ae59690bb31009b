/* SPDX-License-Identifier: GPL-2.0 */
/* From a page frame number (PFN) to its folio of user memory. */
#ifndef DAMONXX_PFN_H
#define DAMONXX_PFN_H

#include <linux/mm.h>
#include <linux/mmzone.h>
#include "damonxx/kapi.h"

/*
 * Caches a range of online PFNs.  SAFETY: the kernel announces that memory goes offline before it
 * does, which changes the counter and invalidates the cache; so a cached result is never older than
 * the result of pfn_to_online_page() is when its caller uses the page.
 */
struct online {
	unsigned long first, nr_pfns;
	u64 changes;
};

/* Returns the page of @pfn, or NULL if it is not online, and updates the cache. */
struct page *damonxx_ask_online(struct online *online, unsigned long pfn, u64 changes);

static __always_inline struct page *find_page(struct online *online, unsigned long pfn)
{
	u64 changes = kapi_ram_changes();

	if (likely(pfn - online->first < online->nr_pfns && changes == online->changes))
		return pfn_to_page(pfn);
	return damonxx_ask_online(online, pfn, changes);
}

/*
 * Outcome of a check of @folio, which is on no LRU list.  Free memory has no references, be it in
 * the buddy allocator or in a per-CPU list.  An up-to-date folio is user memory on its way from or
 * to an LRU list.  SAFETY: as for get_folio(); a wrong outcome spoils one check.
 */
u8 damonxx_unlisted_outcome(struct folio *folio);

/*
 * Returns the folio of @pfn with a reference, or NULL with the reason in *@outcome.
 * SAFETY: the page may be freed and reused until a reference is held, so page_folio() may find any
 * page: its flags are read without the sanity checks of folio_test_*(), and both the folio and its
 * LRU flag are tested again under the reference.
 */
static __always_inline struct folio *get_folio(struct online *online, unsigned long pfn,
					       u8 *outcome)
{
	struct page *page = find_page(online, pfn);
	struct folio *folio;

	*outcome = KAPI_ABSENT;
	if (!page)
		return NULL;
	folio = page_folio(page);
	if (!test_bit(PG_lru, &folio->flags)) {
		*outcome = damonxx_unlisted_outcome(folio);
		return NULL;
	}
	*outcome = KAPI_BUSY;
	if (!folio_try_get(folio))
		return NULL;
	if (likely(page_folio(page) == folio && folio_test_lru(folio)))
		return folio;
	folio_put(folio);
	return NULL;
}

#endif
