// SPDX-License-Identifier: GPL-2.0
/* Which actions this kernel supports. */
#include <linux/kconfig.h>
#include "damonxx/kapi.h"

/* Actions on folios, also of processes, clear accessed bits through the reverse map (PADDR). */
static bool has_all(int first, int second)
{
	return kapi_has_feature(first) && kapi_has_feature(second) &&
	       kapi_has_feature(KAPI_FEATURE_PADDR);
}

bool kapi_can_apply(int action, bool physical)
{
	switch (action) {
	case KAPI_ACTION_WILLNEED:
		return !physical && kapi_has_feature(KAPI_FEATURE_MADVISE);
	case KAPI_ACTION_HUGEPAGE:
	case KAPI_ACTION_NOHUGEPAGE:
	case KAPI_ACTION_COLLAPSE:
		return !physical && kapi_has_feature(KAPI_FEATURE_MADVISE) &&
		       IS_ENABLED(CONFIG_TRANSPARENT_HUGEPAGE);
	case KAPI_ACTION_COLD:
		return !physical && has_all(KAPI_FEATURE_VADDR, KAPI_FEATURE_LRU);
	case KAPI_ACTION_LRU_PRIO:
	case KAPI_ACTION_LRU_DEPRIO:
		return physical && has_all(KAPI_FEATURE_PADDR, KAPI_FEATURE_LRU);
	case KAPI_ACTION_PAGEOUT:
		return has_all(physical ? KAPI_FEATURE_PADDR : KAPI_FEATURE_VADDR,
			       KAPI_FEATURE_RECLAIM);
	case KAPI_ACTION_MIGRATE:
		return has_all(physical ? KAPI_FEATURE_PADDR : KAPI_FEATURE_VADDR,
			       KAPI_FEATURE_MIGRATE) &&
		       kapi_has_feature(KAPI_FEATURE_RECLAIM) && IS_ENABLED(CONFIG_MIGRATION) &&
		       IS_ENABLED(CONFIG_NUMA);
	case KAPI_ACTION_STAT:
		return kapi_has_feature(physical ? KAPI_FEATURE_PADDR : KAPI_FEATURE_VADDR);
	default:
		return false;
	}
}
