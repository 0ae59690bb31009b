// SPDX-License-Identifier: GPL-2.0
/* Reclaim: pageout. */
#include <linux/mm.h>
#include <linux/page_idle.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include "damonxx/compat/lru.h"
#include "ops/kernel/folio_actions.h"
#include "ops/kernel/isolate.h"
#include "ops/kernel/rmap.h"

/* Without swap space, an anonymous folio would only lose its position in the LRU list. */
static bool has_place(struct folio *folio)
{
	return !folio_test_anon(folio) || !folio_test_swapbacked(folio) ||
	       folio_test_swapcache(folio) || get_nr_swap_pages() > 0;
}

/* Reclaim spares young folios, but the scheme has already decided about this one. */
static void make_old(struct folio *folio)
{
	bool young;

	if (COMPAT_RECLAIM_SPARES_YOUNG)
		damonxx_rmap_clear(folio, &young);
	folio_clear_referenced(folio);
	folio_test_clear_young(folio);
}

static void choose(struct action_batch *batch)
{
	unsigned int i, kept = 0;

	for (i = 0; i < batch->nr_folios; i++) {
		struct folio *folio = batch->folios[i];

		if (has_place(folio)) {
			make_old(folio);
			batch->folios[kept] = folio;
			batch->nodes[kept++] = folio_nid(folio);
		} else {
			folio_put(folio);
		}
	}
	batch->nr_folios = kept;
}

/* reclaim_pages() puts back what it cannot reclaim; its caller updates NR_ISOLATED_*. */
static u64 reclaim_node(struct isolated *isolated)
{
	pg_data_t *node = NODE_DATA(isolated->node);
	struct folio *folio;
	u64 nr_reclaimed;

	/* An early refault of an active folio counts as thrashing. */
	list_for_each_entry(folio, &isolated->folios, lru)
		if (folio_test_active(folio))
			folio_set_workingset(folio);
	nr_reclaimed = reclaim_pages(&isolated->folios);
	mod_node_page_state(node, NR_ISOLATED_ANON, -isolated->nr_pages[0]);
	mod_node_page_state(node, NR_ISOLATED_FILE, -isolated->nr_pages[1]);
	return nr_reclaimed;
}

u64 damonxx_reclaim(struct action_batch *batch)
{
	struct isolated isolated;
	u64 nr_reclaimed = 0;

	choose(batch);
	while (batch->nr_folios) {
		damonxx_isolate_some(batch, &isolated);
		nr_reclaimed += reclaim_node(&isolated);
		cond_resched();
	}
	return nr_reclaimed << PAGE_SHIFT;
}
