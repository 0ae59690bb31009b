/* SPDX-License-Identifier: GPL-2.0 */
/* From a page frame number (PFN) to the folio of user memory that is there. */
#ifndef DAMONXX_PFN_H
#define DAMONXX_PFN_H

#include <linux/mm.h>
#include <linux/mmzone.h>
#include "damonxx/kapi.h"

/*
 * PFNs that are on line, as of the last time they were asked about.  SAFETY: that memory is
 * going off line is announced first, which changes the count, so what is said here is never
 * older than what pfn_to_online_page() says to those who then go on to use the page.
 */
struct online {
	unsigned long first, nr_pfns;
	u64 changes;
};

/* The page of @pfn, or NULL, by asking. */
struct page *damonxx_ask_online(struct online *online, unsigned long pfn, u64 changes);

static __always_inline struct page *find_page(struct online *online, unsigned long pfn)
{
	u64 changes = kapi_ram_changes();

	if (likely(pfn - online->first < online->nr_pfns && changes == online->changes))
		return pfn_to_page(pfn);
	return damonxx_ask_online(online, pfn, changes);
}

/*
 * What there is of @folio, which is on no LRU list.  Free memory has no users, in whoever's
 * lists it is.  What has content as user memory has is on its way from or to a list.
 * SAFETY: as for get_folio(); a wrong answer is one wrong look.
 */
u8 damonxx_unlisted_outcome(struct folio *folio);

/*
 * With a reference; NULL: there is none to look at, for the reason in *@outcome.
 * SAFETY: what page_folio() finds may be anything until a reference is held, so its flags are
 * read without the checks for a folio's, and all is looked at again.
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
