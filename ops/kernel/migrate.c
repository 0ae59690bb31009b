// SPDX-License-Identifier: GPL-2.0
/*
 * Strict migration of folios: to the given node only, without reclaim on it, and not below its
 * watermarks and reserves.
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
#include "ops/kernel/folio_actions.h"
#include "ops/kernel/isolate.h"
#include "ops/kernel/migration_history.h"

/* Zones for user memory, best first, and the GFP flag that makes the allocator start with each. */
static const struct {
	enum zone_type type;
	gfp_t flag;
} zones[] = {
	{ZONE_MOVABLE, __GFP_HIGHMEM},
	{ZONE_NORMAL, 0},
#ifdef CONFIG_ZONE_DMA32
	{ZONE_DMA32, __GFP_DMA32},
#endif
};

/*
 * Returns the index of the first zone of @node that has @nr_pages free above its high watermark and
 * its lowmem reserve, or ARRAY_SIZE(zones) if none has.  @node must have memory.
 */
static unsigned int find_room(int node, u64 nr_pages)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(zones); i++) {
		struct zone *zone = &NODE_DATA(node)->node_zones[zones[i].type];
		u64 kept = high_wmark_pages(zone) + zone->lowmem_reserve[ZONE_MOVABLE];

		if (populated_zone(zone) && zone_page_state(zone, NR_FREE_PAGES) >= kept + nr_pages)
			break;
	}
	return i;
}

/* GFP_TRANSHUGE_LIGHT neither reclaims nor wakes kswapd. */
static struct folio *allocate(struct folio *folio, unsigned long node)
{
	unsigned int zone = find_room(node, folio_nr_pages(folio));
	const gfp_t flags = (GFP_TRANSHUGE_LIGHT & ~__GFP_HIGHMEM) | __GFP_THISNODE;
	struct folio *place;

	if (zone == ARRAY_SIZE(zones))
		return NULL;
	place = __folio_alloc(flags | zones[zone].flag, folio_order(folio), node, NULL);
	if (place)
		damonxx_record_migration(place);
	return place;
}
COMPAT_MIGRATION_TARGET(target, allocate)

/*
 * Releases folios that must not be migrated, and those without room on their node: a failed
 * allocation would make the kernel split large folios.
 */
static void choose(struct action_batch *batch)
{
	unsigned int i, kept = 0;
	u64 nr_pages = 0;

	for (i = 0; i < batch->nr_folios; i++) {
		struct folio *folio = batch->folios[i];
		int node = batch->nodes[i];

		if (node < MAX_NUMNODES && node_state(node, N_MEMORY) && node != folio_nid(folio) &&
		    !damonxx_migrated_lately(folio, batch->request->rest_ms) &&
		    find_room(node, nr_pages + folio_nr_pages(folio)) < ARRAY_SIZE(zones)) {
			nr_pages += folio_nr_pages(folio);
			batch->folios[kept] = folio;
			batch->nodes[kept++] = node;
		} else {
			folio_put(folio);
		}
	}
	batch->nr_folios = kept;
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

/* migrate_pages() removes migrated folios from the list and from NR_ISOLATED_*. */
u64 damonxx_migrate(struct action_batch *batch)
{
	struct isolated isolated;
	unsigned int moved;
	u64 nr_moved = 0;

	choose(batch);
	while (batch->nr_folios) {
		damonxx_isolate_some(batch, &isolated);
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
