// SPDX-License-Identifier: GPL-2.0
/* Moves folios between the LRU lists: lru_prio, lru_deprio and cold. */
#include <linux/mm.h>
#include <linux/page_idle.h>
#include <linux/swap.h>
#include "damonxx/compat/lru.h"
#include "ops/kernel/folio_actions.h"
#include "ops/kernel/rmap.h"

/* If an accessed bit was set, the idle flag is cleared, so that a sample sees the access. */
static void make_cold(struct folio *folio)
{
	bool young;

	damonxx_rmap_clear(folio, &young);
	if (young && folio_test_idle(folio))
		folio_clear_idle(folio);
	folio_clear_referenced(folio);
	folio_test_clear_young(folio);
	if (folio_test_active(folio))
		folio_set_workingset(folio);
	compat_deactivate(folio);
}

/* The kernel moves folios in per-CPU batches, so the last ones may be moved later. */
u64 damonxx_move_in_lru(struct action_batch *batch)
{
	u64 moved_bytes = 0;
	unsigned int i;

	for (i = 0; i < batch->nr_folios; i++) {
		struct folio *folio = batch->folios[i];

		switch (batch->request->action) {
		case KAPI_ACTION_LRU_PRIO:
			folio_activate(folio);
			break;
		case KAPI_ACTION_LRU_DEPRIO:
			compat_deactivate(folio);
			break;
		case KAPI_ACTION_COLD:
			make_cold(folio);
			break;
		}
		moved_bytes += folio_size(folio);
		folio_put(folio);
	}
	batch->nr_folios = 0;
	return moved_bytes;
}
