// SPDX-License-Identifier: GPL-2.0
/* Applies an action to a batch of folios. */
#include <linux/mm.h>
#include <linux/sched.h>
#include "ops/kernel/folio_actions.h"
#include "ops/kernel/folio_filter.h"
#include "ops/kernel/action_batch.h"

/* In a large folio that could not be split, any page may be the poisoned one. */
static bool is_poisoned(struct folio *folio)
{
	return folio_test_hwpoison(folio) ||
	       (folio_test_large(folio) && folio_test_has_hwpoisoned(folio));
}

/* Unevictable folios can be neither reclaimed nor migrated, and their LRU list has no order; pinned
 * and poisoned folios must stay where they are. */
static bool may_act_on(const struct kapi_action_request *request, struct folio *folio)
{
	if (folio_test_unevictable(folio))
		return false;
	if (request->action != KAPI_ACTION_PAGEOUT && request->action != KAPI_ACTION_MIGRATE)
		return request->action != KAPI_ACTION_STAT;
	return !folio_maybe_dma_pinned(folio) && !is_poisoned(folio);
}

/* Drops folios that the filters reject or that the action cannot be applied to. */
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
