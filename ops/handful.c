// SPDX-License-Identifier: GPL-2.0
/* From folios that were found to an action that was done. */
#include <linux/mm.h>
#include <linux/sched.h>
#include "ops/deeds.h"
#include "ops/folio_filter.h"
#include "ops/handful.h"

/* A huge page that could not be split has its broken pages in its middle. */
static bool is_poisoned(struct folio *folio)
{
	return folio_test_hwpoison(folio) ||
	       (folio_test_large(folio) && folio_test_has_hwpoisoned(folio));
}

/* What can be neither paged out nor moved, nor is on a list that has an age. */
static bool may_act_on(const struct kapi_deed *deed, struct folio *folio)
{
	if (folio_test_unevictable(folio))
		return false;
	if (deed->action != KAPI_ACTION_PAGEOUT && deed->action != KAPI_ACTION_MIGRATE)
		return deed->action != KAPI_ACTION_STAT;
	return !folio_maybe_dma_pinned(folio) && !is_poisoned(folio);
}

/* Leaves those in hand that the action is for. */
static void filter(struct handful *hand)
{
	struct kapi_deed *deed = hand->deed;
	unsigned int i, kept = 0;

	for (i = 0; i < hand->nr_folios; i++) {
		struct folio *folio = hand->folios[i];
		bool passes = damonxx_folio_passes(deed, folio);

		if (passes)
			deed->passed_bytes += folio_size(folio);
		if (passes && may_act_on(deed, folio)) {
			hand->folios[kept] = folio;
			hand->nodes[kept++] = hand->nodes[i];
		} else {
			folio_put(folio);
		}
		cond_resched();
	}
	hand->nr_folios = kept;
}

void damonxx_hand_apply(struct handful *hand)
{
	struct kapi_deed *deed = hand->deed;

	filter(hand);
	switch (deed->action) {
	case KAPI_ACTION_PAGEOUT:
		deed->applied_bytes += damonxx_reclaim(hand);
		break;
	case KAPI_ACTION_MIGRATE:
		deed->applied_bytes += damonxx_migrate(hand);
		break;
	default:
		deed->applied_bytes += damonxx_move_in_lru(hand);
	}
	hand->nr_folios = 0;
	hand->nr_pages = 0;
}
