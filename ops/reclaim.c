// SPDX-License-Identifier: GPL-2.0
/* Paging out. */
#include <linux/mm.h>
#include <linux/page_idle.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
#include "damonxx/compat/lru.h"
#include "ops/folio_actions.h"
#include "ops/isolate.h"
#include "ops/rmap.h"

/* Without a place to go to, a folio would only lose its place in the lists. */
static bool has_place(struct folio *folio)
{
	return !folio_test_anon(folio) || !folio_test_swapbacked(folio) ||
	       folio_test_swapcache(folio) || get_nr_swap_pages() > 0;
}

/* Reclaim goes by how old a folio looks; that it is to go has been decided. */
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

/* reclaim_pages() puts back what stays; the kernel's count is left to who isolated. */
static u64 reclaim_node(struct isolated *isolated)
{
	pg_data_t *node = NODE_DATA(isolated->node);
	struct folio *folio;
	u64 nr_reclaimed;

	/* So that it counts as a loss if it comes back soon. */
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
