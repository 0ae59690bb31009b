/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A batch of folios for an action: gathered by PFN or by page table, each once and with a
 * reference; then the action is applied to all of them with no lock held.
 */
#ifndef DAMONXX_ACTION_BATCH_H
#define DAMONXX_ACTION_BATCH_H

#include <linux/mm.h>
#include <linux/numa.h>
#include "damonxx/kapi.h"

/* Bound the time of one call: 64 folios of one page, or one folio of 2 MiB. */
#define MAX_FOLIOS_IN_BATCH 64U
#define MAX_PAGES_IN_BATCH 512U

struct action_batch {
	struct kapi_action_request *request;
	unsigned int nr_folios, nr_pages;
	struct folio *folios[MAX_FOLIOS_IN_BATCH];
	u16 nodes[MAX_FOLIOS_IN_BATCH]; /* destinations of a migration */
};
static_assert(MAX_NUMNODES < U16_MAX);

static inline bool batch_is_full(const struct action_batch *batch)
{
	return batch->nr_folios == MAX_FOLIOS_IN_BATCH || batch->nr_pages >= MAX_PAGES_IN_BATCH;
}

/* Whether @folio is in the batch, or was the last folio of the part or range before, which may have
 * ended inside it.  Only large folios can be found twice. */
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

/* Takes over a reference to @folio; the batch must not be full.  @node need not exist. */
static inline void batch_add(struct action_batch *batch, struct folio *folio, u32 node)
{
	batch->folios[batch->nr_folios] = folio;
	batch->nodes[batch->nr_folios++] = min(node, (u32)U16_MAX);
	batch->nr_pages += folio_nr_pages(folio);
	batch->request->last_folio = folio_pfn(folio) + 1;
}

/* Filters the folios, applies the action to those that pass, adds to the counters of the request,
 * and drops all references; the batch is empty then.  CONTEXT: process, may sleep; no lock held. */
void damonxx_batch_apply(struct action_batch *batch);

#endif
