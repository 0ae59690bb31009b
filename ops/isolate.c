// SPDX-License-Identifier: GPL-2.0
/* Off the LRU lists, for those who change what folios are. */
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/vmstat.h>
#include "damonxx/compat/lru.h"
#include "ops/isolate.h"

/* The reference that isolation takes stands for the one in hand from now on. */
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

void damonxx_isolate_some(struct handful *hand, struct isolated *isolated)
{
	unsigned int i, left = 0;

	*isolated = (struct isolated){
		.folios = LIST_HEAD_INIT(isolated->folios),
		.node = hand->nodes[0],
	};
	for (i = 0; i < hand->nr_folios; i++) {
		if (hand->nodes[i] == isolated->node) {
			isolate(hand->folios[i], isolated);
		} else {
			hand->folios[left] = hand->folios[i];
			hand->nodes[left++] = hand->nodes[i];
		}
	}
	hand->nr_folios = left;
}
