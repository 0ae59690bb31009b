/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A handful of folios that an action is to be done to: found by frame or by page table, each
 * once and with a reference, then handled all at once with no lock held.
 */
#ifndef DAMONXX_HANDFUL_H
#define DAMONXX_HANDFUL_H

#include <linux/mm.h>
#include <linux/numa.h>
#include "damonxx/kapi.h"

/* What bounds the time of one call: 64 base pages, or one folio of 2 MiB. */
#define MAX_FOLIOS_IN_HAND 64U
#define MAX_PAGES_IN_HAND 512U

struct handful {
	struct kapi_deed *deed;
	unsigned int nr_folios, nr_pages;
	struct folio *folios[MAX_FOLIOS_IN_HAND];
	u16 nodes[MAX_FOLIOS_IN_HAND]; /* where migration takes them */
};
static_assert(MAX_NUMNODES < U16_MAX);

static inline bool hand_is_full(const struct handful *hand)
{
	return hand->nr_folios == MAX_FOLIOS_IN_HAND || hand->nr_pages >= MAX_PAGES_IN_HAND;
}

/* Whether @folio was met before, by this deed or the one that ended in the middle of it.  Only
 * large ones can be met twice. */
static inline bool hand_knows(const struct handful *hand, struct folio *folio)
{
	unsigned int i;

	if (!folio_test_large(folio))
		return false;
	if (hand->deed->last_folio == folio_pfn(folio) + 1)
		return true;
	for (i = 0; i < hand->nr_folios; i++)
		if (hand->folios[i] == folio)
			return true;
	return false;
}

/* Takes over a reference; there is room.  @node may be none that exists, or could. */
static inline void hand_take(struct handful *hand, struct folio *folio, u32 node)
{
	hand->folios[hand->nr_folios] = folio;
	hand->nodes[hand->nr_folios++] = min(node, (u32)U16_MAX);
	hand->nr_pages += folio_nr_pages(folio);
	hand->deed->last_folio = folio_pfn(folio) + 1;
}

/* Filters the folios, does the action to those that pass, counts, and gives all back.
 * CONTEXT: process, may sleep; no lock held. */
void damonxx_hand_apply(struct handful *hand);

#endif
