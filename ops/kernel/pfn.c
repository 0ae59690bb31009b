// SPDX-License-Identifier: GPL-2.0
/* Online memory by PFN, and outcomes of checks of folios that are on no LRU list. */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include "ops/kernel/pfn.h"

/* Whether all PFNs of the section are memory, and none of them device memory. */
static bool section_is_whole(unsigned long pfn)
{
	struct mem_section *section = __pfn_to_section(pfn);
	const struct mem_section_usage *usage;
	bool whole;

	if (online_device_section(section))
		return false;
	rcu_read_lock_sched();
	usage = READ_ONCE(section->usage);
	whole = usage && bitmap_full(usage->subsection_map, SUBSECTIONS_PER_SECTION);
	rcu_read_unlock_sched();
	return whole;
}

struct page *damonxx_ask_online(struct online *online, unsigned long pfn, u64 changes)
{
	struct page *page = pfn_to_online_page(pfn);

	online->first = SECTION_ALIGN_DOWN(pfn);
	online->nr_pfns = page && section_is_whole(pfn) ? PAGES_PER_SECTION : 0;
	online->changes = changes;
	return page;
}

u8 damonxx_unlisted_outcome(struct folio *folio)
{
	if (!folio_ref_count(folio))
		return KAPI_IDLE;
	return test_bit(PG_uptodate, &folio->flags) && !folio_test_hugetlb(folio) ? KAPI_BUSY
										  : KAPI_ABSENT;
}
