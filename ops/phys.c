// SPDX-License-Identifier: GPL-2.0
/*
 * Access probes by physical address, through all mappings of the folio that is there.
 *
 * Accessed bits are borrowed as in walk.c.  A folio is accessed if any of its pages is, by
 * anybody; the idle flag also tells of accesses without a mapping, by system calls.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/page_idle.h>
#include <linux/sched.h>
#include "damonxx/compat/pagewalk.h"
#include "damonxx/kapi.h"
#include "ops/page.h"
#include "ops/rmap.h"

/* kapi_probe.flags */
#define PROBE_CHECKED 0x01  /* cleared */
#define PROBE_BORROWED 0x02 /* an accessed bit was set and belongs back */
#define PROBE_FREE 0x04     /* nobody used it */

/*
 * Frames that are on line, as of the last time they were asked about.  SAFETY: that memory is
 * going off line is announced first, which changes the count, so what is said here is never
 * older than what pfn_to_online_page() says to those who then go on to use the page.
 */
struct online {
	unsigned long first, nr_frames;
	u64 changes;
};

/* Whether all frames of the section are memory, and none a device's. */
static bool section_is_whole(unsigned long frame)
{
	struct mem_section *section = __pfn_to_section(frame);
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

static noinline struct page *ask_online(struct online *online, unsigned long frame, u64 changes)
{
	struct page *page = pfn_to_online_page(frame);

	online->first = SECTION_ALIGN_DOWN(frame);
	online->nr_frames = page && section_is_whole(frame) ? PAGES_PER_SECTION : 0;
	online->changes = changes;
	return page;
}

static __always_inline struct page *find_page(struct online *online, unsigned long frame)
{
	u64 changes = kapi_ram_changes();

	if (likely(frame - online->first < online->nr_frames && changes == online->changes))
		return pfn_to_page(frame);
	return ask_online(online, frame, changes);
}

/*
 * What there is of @folio, which is on no LRU list.  Free memory has no users, in whoever's
 * lists it is.  What has content as user memory has is on its way from or to a list.
 * SAFETY: as for get_folio(); a wrong answer is one wrong look.
 */
static noinline u8 unlisted_outcome(struct folio *folio)
{
	if (!folio_ref_count(folio))
		return KAPI_IDLE;
	return test_bit(PG_uptodate, &folio->flags) && !folio_test_hugetlb(folio) ? KAPI_BUSY :
										    KAPI_ABSENT;
}

/*
 * With a reference; NULL: there is none to look at, for the reason in *@outcome.
 * SAFETY: what page_folio() finds may be anything until a reference is held, so its flags are
 * read without the checks for a folio's, and all is looked at again.
 */
static __always_inline struct folio *get_folio(struct online *online, unsigned long frame,
					       u8 *outcome)
{
	struct page *page = find_page(online, frame);
	struct folio *folio;

	*outcome = KAPI_ABSENT;
	if (!page)
		return NULL;
	folio = page_folio(page);
	if (!test_bit(PG_lru, &folio->flags)) {
		*outcome = unlisted_outcome(folio);
		return NULL;
	}
	*outcome = KAPI_BUSY;
	if (!folio_try_get(folio))
		return NULL;
	if (likely(page_folio(page) == folio && folio_test_lru(folio)))
		return folio;
	folio_put(folio);
	return NULL;
}

/* What tells a folio from the next one in the same frame; its address alone does not. */
static u32 identity(const struct folio *folio)
{
	return (u32)((unsigned long)folio->mapping >> 3) ^ (u32)folio->index;
}

/* Returns the probe's flags; 0: for the reason in *@outcome. */
static u8 clear_folio(struct folio *folio, u8 *outcome)
{
	bool young, seen = damonxx_rmap_clear(folio, &young);

	*outcome = KAPI_BUSY;
	if (!IS_ENABLED(CONFIG_PAGE_IDLE_FLAG)) {
		/* Of a folio without a mapping nothing can be known. */
		if (seen && !folio_mapped(folio))
			*outcome = KAPI_ABSENT;
		if (!seen || *outcome == KAPI_ABSENT)
			return 0;
		return young ? PROBE_CHECKED | PROBE_BORROWED : PROBE_CHECKED;
	}
	if (young && !folio_test_young(folio))
		folio_set_young(folio);
	if (seen && !folio_test_idle(folio))
		folio_set_idle(folio);
	return seen ? PROBE_CHECKED : 0;
}

static u8 test_folio(struct folio *folio, const struct kapi_probe *probe)
{
	bool was_free = probe->flags & PROBE_FREE;
	bool young;

	if (IS_ENABLED(CONFIG_PAGE_IDLE_FLAG) && !was_free && !folio_test_idle(folio))
		return KAPI_ACCESSED;
	if (!IS_ENABLED(CONFIG_PAGE_IDLE_FLAG) && !was_free && probe->frame != identity(folio))
		return KAPI_BUSY;
	if (!damonxx_rmap_test(folio, &young))
		return KAPI_BUSY;
	if (!young && probe->flags & PROBE_BORROWED)
		damonxx_rmap_set(folio);
	return young ? KAPI_ACCESSED : KAPI_IDLE;
}

/* There is no folio to look at, for the reason @outcome. */
static void end_probe(struct kapi_probe *probe, u8 outcome, bool testing)
{
	if (testing && (outcome != KAPI_IDLE || probe->flags & PROBE_CHECKED))
		outcome = KAPI_BUSY; /* it is not what it was */
	else if (!testing && outcome == KAPI_IDLE)
		probe->flags = PROBE_FREE;
	probe->outcome = outcome;
}

/*
 * Clears or tests one after the other.  For neighbours in the same folio the answer is that of
 * the first: a second clearing would find nothing to give back.
 */
static __always_inline void probe_all(struct kapi_probe *probes, u32 n, bool testing)
{
	const struct folio *last = NULL;
	struct online online = {};
	u32 i;

	for (i = 0; i < n; i++) {
		struct kapi_probe *probe = &probes[i];
		struct folio *folio = NULL;
		u8 outcome = KAPI_BUSY;

		if (!testing)
			probe->flags = 0;
		/* What clearing could not do is decided. */
		if (!testing || probe->flags)
			folio = get_folio(&online, PHYS_PFN(probe->addr), &outcome);
		if (folio) {
			if (testing) {
				probe->outcome = folio == last ? probes[i - 1].outcome :
								 test_folio(folio, probe);
			} else if (folio == last) {
				probe->flags = probes[i - 1].flags;
				probe->outcome = probes[i - 1].outcome;
				probe->frame = identity(folio);
			} else {
				probe->flags = clear_folio(folio, &outcome);
				probe->outcome = outcome;
				probe->frame = identity(folio);
			}
			folio_put(folio);
		} else if (!testing || probe->flags) {
			end_probe(probe, outcome, testing);
		}
		last = folio;
		if (i % 16 == 15)
			cond_resched();
	}
}

void kapi_phys_clear(struct kapi_probe *probes, u32 n)
{
	probe_all(probes, n, false);
}

void kapi_phys_test(struct kapi_probe *probes, u32 n)
{
	probe_all(probes, n, true);
}

void kapi_phys_describe(const struct kapi_probe *probes, struct kapi_page *pages, u32 n)
{
	struct online online = {};
	u32 i;

	for (i = 0; i < n; i++) {
		u8 outcome;
		struct folio *folio = get_folio(&online, PHYS_PFN(probes[i].addr), &outcome);

		pages[i] = (struct kapi_page){};
		if (folio) {
			damonxx_describe_folio(folio, &pages[i]);
			folio_put(folio);
		}
		if (i % 16 == 15)
			cond_resched();
	}
}
