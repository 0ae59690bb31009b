// SPDX-License-Identifier: GPL-2.0
/*
 * Moving folios to another node: to that one or not at all.  Nothing is reclaimed there, and
 * what the kernel keeps free there for itself stays free.
 */
#include <linux/gfp.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/vmstat.h>
#include "damonxx/compat/lru.h"
#include "damonxx/compat/migrate.h"
#include "ops/deeds.h"
#include "ops/isolate.h"

/* GFP_TRANSHUGE_LIGHT does not wake anybody who would reclaim. */
static struct folio *allocate(struct folio *folio, unsigned long node)
{
	return __folio_alloc(GFP_TRANSHUGE_LIGHT | __GFP_THISNODE, folio_order(folio), node, NULL);
}
COMPAT_MIGRATION_TARGET(target, allocate)

/* What @node, which has memory, has free above its high watermarks, for user memory. */
static u64 free_pages_of(int node)
{
	u64 free_pages = 0;
	int type;

	for (type = 0; type <= ZONE_MOVABLE; type++) {
		struct zone *zone = &NODE_DATA(node)->node_zones[type];
		u64 free, kept;

		if (!populated_zone(zone))
			continue;
		free = zone_page_state(zone, NR_FREE_PAGES);
		kept = high_wmark_pages(zone) + zone->lowmem_reserve[ZONE_MOVABLE];
		free_pages += free > kept ? free - kept : 0;
	}
	return free_pages;
}

/* What is not to be moved is let go. */
static void choose(struct handful *hand)
{
	unsigned int i, kept = 0;
	u64 nr_pages = 0;

	for (i = 0; i < hand->nr_folios; i++) {
		struct folio *folio = hand->folios[i];
		int node = hand->nodes[i];

		if (node < MAX_NUMNODES && node_state(node, N_MEMORY) && node != folio_nid(folio) &&
		    free_pages_of(node) >= nr_pages + folio_nr_pages(folio)) {
			nr_pages += folio_nr_pages(folio);
			hand->folios[kept] = folio;
			hand->nodes[kept++] = node;
		} else {
			folio_put(folio);
		}
	}
	hand->nr_folios = kept;
}

static void put_back(struct list_head *folios)
{
	struct folio *folio, *next;

	list_for_each_entry_safe(folio, next, folios, lru) {
		list_del(&folio->lru);
		node_stat_sub_folio(folio, NR_ISOLATED_ANON + folio_is_file_lru(folio));
		folio_putback_lru(folio);
	}
}

/* migrate_pages() takes what it moved out of the list and out of the count of isolated pages. */
u64 damonxx_migrate(struct handful *hand)
{
	struct isolated isolated;
	unsigned int moved;
	u64 nr_moved = 0;

	choose(hand);
	while (hand->nr_folios) {
		damonxx_isolate_some(hand, &isolated);
		moved = 0;
		if (!list_empty(&isolated.folios))
			migrate_pages(&isolated.folios, target, NULL, isolated.node, MIGRATE_ASYNC,
				      COMPAT_MIGRATE_REASON, &moved);
		nr_moved += moved;
		put_back(&isolated.folios);
		cond_resched();
	}
	return nr_moved << PAGE_SHIFT;
}
