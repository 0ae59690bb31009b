// SPDX-License-Identifier: GPL-2.0
/* From folios that were found to an action that was done. */
#include <linux/mm.h>
#include <linux/sched.h>
#include "ops/folio_actions.h"
#include "ops/folio_filter.h"
#include "ops/action_batch.h"

/* A huge page that could not be split has its broken pages in its middle. */
static bool is_poisoned(struct folio *folio)
{
	return folio_test_hwpoison(folio) ||
	       (folio_test_large(folio) && folio_test_has_hwpoisoned(folio));
}

/* What can be neither paged out nor moved, nor is on a list that has an age. */
static bool may_act_on(const struct kapi_action_request *request, struct folio *folio)
{
	if (folio_test_unevictable(folio))
		return false;
	if (request->action != KAPI_ACTION_PAGEOUT && request->action != KAPI_ACTION_MIGRATE)
		return request->action != KAPI_ACTION_STAT;
	return !folio_maybe_dma_pinned(folio) && !is_poisoned(folio);
}

/* Keeps those in @batch that the action is for. */
static void filter(struct action_batch *batch)
{
	struct kapi_action_request *request = batch->request;
	unsigned int i, kept = 0;

	for (i = 0; i < batch->nr_folios; i++) {
		struct folio *folio = batch->folios[i];
		bool passes = damonxx_folio_passes(request, folio);

		if (passes)
			request->passed_bytes += folio_size(folio);
		if (passes && may_act_on(request, folio)) {
			batch->folios[kept] = folio;
			batch->nodes[kept++] = batch->nodes[i];
		} else {
			folio_put(folio);
		}
		cond_resched();
	}
	batch->nr_folios = kept;
}

void damonxx_batch_apply(struct action_batch *batch)
{
	struct kapi_action_request *request = batch->request;

	filter(batch);
	switch (request->action) {
	case KAPI_ACTION_PAGEOUT:
		request->applied_bytes += damonxx_reclaim(batch);
		break;
	case KAPI_ACTION_MIGRATE:
		request->applied_bytes += damonxx_migrate(batch);
		break;
	default:
		request->applied_bytes += damonxx_move_in_lru(batch);
	}
	batch->nr_folios = 0;
	batch->nr_pages = 0;
}
