// SPDX-License-Identifier: GPL-2.0
/* Isolates folios from the LRU lists, for reclaim and migration. */
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/vmstat.h>
#include "damonxx/compat/lru.h"
#include "ops/kernel/isolate.h"

/* Isolation takes a reference of its own, so the one of the batch is dropped. */
static void isolate(struct folio *folio, struct isolated *isolated)
{
	if (compat_isolate(folio)) {
		bool file = folio_is_file_lru(folio);

		list_add_tail(&folio->lru, &isolated->folios);
		isolated->nr_pages[file] += folio_nr_pages(folio);
		node_stat_add_folio(folio, NR_ISOLATED_ANON + file);
	}
	folio_put(folio);
}

void damonxx_isolate_some(struct action_batch *batch, struct isolated *isolated)
{
	unsigned int i, left = 0;

	*isolated = (struct isolated){
		.folios = LIST_HEAD_INIT(isolated->folios),
		.node = batch->nodes[0],
	};
	for (i = 0; i < batch->nr_folios; i++) {
		if (batch->nodes[i] == isolated->node) {
			isolate(batch->folios[i], isolated);
		} else {
			batch->folios[left] = batch->folios[i];
			batch->nodes[left++] = batch->nodes[i];
		}
	}
	batch->nr_folios = left;
}
