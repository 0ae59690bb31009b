// SPDX-License-Identifier: GPL-2.0
/* Filters: what a folio is, and whether an action may have it. */
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/memcontrol.h>
#include <linux/page_idle.h>
#include <linux/rcupdate.h>
#include "ops/folio_filter.h"
#include "ops/page.h"
#include "ops/rmap.h"

/*
 * What is not known counts as accessed: a folio that is busy, or one that has never been
 * looked at.  As at sampling, the idle flag notices what page tables do not tell, and the young
 * flag tells reclaim what the cleared bits would have told.  Without these flags, a folio that
 * nobody maps is old if it is neither referenced nor active.
 */
bool damonxx_folio_age(struct folio *folio)
{
	bool young;

	if (!kapi_has_feature(KAPI_FEATURE_PADDR) || !damonxx_rmap_clear(folio, &young))
		return true;
	if (!IS_ENABLED(CONFIG_PAGE_IDLE_FLAG)) {
		if (!folio_mapped(folio))
			young |= folio_test_clear_referenced(folio) || folio_test_active(folio);
		return young;
	}
	if (young && !folio_test_young(folio))
		folio_set_young(folio);
	if (!folio_test_idle(folio)) {
		folio_set_idle(folio);
		young = true;
	}
	return young;
}

#ifdef CONFIG_LRU_GEN

/*
 * Of a folio on the lists of generations, the flag says nothing; the kernel counts the two
 * youngest generations as active.  SAFETY: under RCU the folio's memory cgroup stays, and its
 * lists; if it moves meanwhile, the answer is that of a moment.
 */
static bool is_active(struct folio *folio)
{
	int generation = folio_lru_gen(folio);
	bool active;

	if (generation < 0)
		return folio_test_active(folio);
	rcu_read_lock();
	active = lru_gen_is_active(folio_lruvec(folio), generation);
	rcu_read_unlock();
	return active;
}

#else

static bool is_active(struct folio *folio)
{
	return folio_test_active(folio);
}

#endif

static bool test(const struct kapi_filter *filter, struct folio *folio)
{
	u64 value;

	switch (filter->type) {
	case KAPI_FILTER_ANON:
		return folio_test_anon(folio);
	case KAPI_FILTER_MEMCG:
		return damonxx_folio_memcg(folio) == filter->memcg;
	case KAPI_FILTER_YOUNG:
		return damonxx_folio_age(folio);
	case KAPI_FILTER_UNMAPPED:
		return !folio_mapped(folio);
	case KAPI_FILTER_ACTIVE:
		return is_active(folio);
	case KAPI_FILTER_HUGEPAGE_SIZE:
		value = folio_size(folio);
		break;
	case KAPI_FILTER_NODE:
		value = folio_nid(folio);
		break;
	default:
		return false;
	}
	return value >= filter->min && value <= filter->max;
}

bool damonxx_folio_passes(const struct kapi_action_request *request, struct folio *folio)
{
	u32 i;

	for (i = 0; i < request->nr_filters; i++)
		if (test(&request->filters[i], folio) == request->filters[i].matching)
			return request->filters[i].allow;
	return request->pass_by_default;
}
