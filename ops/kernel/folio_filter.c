// SPDX-License-Identifier: GPL-2.0
/* Filters of folios. */
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/memcontrol.h>
#include <linux/page_idle.h>
#include <linux/rcupdate.h>
#include "ops/kernel/folio_filter.h"
#include "ops/kernel/page.h"
#include "ops/kernel/rmap.h"

/*
 * A folio that is busy, or that no check has cleared yet, counts as accessed.  As in phys.c, the
 * idle flag shows accesses that page tables do not, and the young flag preserves cleared accessed
 * bits for reclaim.  Without these flags, an unmapped folio is old if it is neither referenced nor
 * active.
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
 * PG_active means nothing for a folio on the lists of MGLRU; the kernel counts its two youngest
 * generations as active.  SAFETY: RCU keeps the folio's memory cgroup and its lruvec; if the folio
 * moves to another one meanwhile, the result is as of one moment.
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
