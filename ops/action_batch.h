/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A batch of folios that an action is to be done to: found by PFN or by page table, each
 * once and with a reference, then handled all at once with no lock held.
 */
#ifndef DAMONXX_ACTION_BATCH_H
#define DAMONXX_ACTION_BATCH_H

#include <linux/mm.h>
#include <linux/numa.h>
#include "damonxx/kapi.h"

/* What bounds the time of one call: 64 base pages, or one folio of 2 MiB. */
#define MAX_FOLIOS_IN_BATCH 64U
#define MAX_PAGES_IN_BATCH 512U

struct action_batch {
	struct kapi_action_request *request;
	unsigned int nr_folios, nr_pages;
	struct folio *folios[MAX_FOLIOS_IN_BATCH];
	u16 nodes[MAX_FOLIOS_IN_BATCH]; /* where migration takes them */
};
static_assert(MAX_NUMNODES < U16_MAX);

static inline bool batch_is_full(const struct action_batch *batch)
{
	return batch->nr_folios == MAX_FOLIOS_IN_BATCH || batch->nr_pages >= MAX_PAGES_IN_BATCH;
}

/* Whether @folio was met before, by this request or the one that ended in the middle of it.  Only
 * large ones can be met twice. */
static inline bool batch_has(const struct action_batch *batch, struct folio *folio)
{
	unsigned int i;

	if (!folio_test_large(folio))
		return false;
	if (batch->request->last_folio == folio_pfn(folio) + 1)
		return true;
	for (i = 0; i < batch->nr_folios; i++)
		if (batch->folios[i] == folio)
			return true;
	return false;
}

/* Takes over a reference; there is room.  @node may be none that exists, or could. */
static inline void batch_add(struct action_batch *batch, struct folio *folio, u32 node)
{
	batch->folios[batch->nr_folios] = folio;
	batch->nodes[batch->nr_folios++] = min(node, (u32)U16_MAX);
	batch->nr_pages += folio_nr_pages(folio);
	batch->request->last_folio = folio_pfn(folio) + 1;
}

/* Filters the folios, does the action to those that pass, counts, and gives all back.
 * CONTEXT: process, may sleep; no lock held. */
void damonxx_batch_apply(struct action_batch *batch);

#endif
