// SPDX-License-Identifier: GPL-2.0
/*
 * Access checks by physical address, through all mappings of the folio that is there.
 *
 * Cleared accessed bits are preserved as in walk.c.  A folio is accessed if any of its pages is,
 * through any mapping; the idle flag also shows accesses without a mapping, by system calls.
 */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/page_idle.h>
#include <linux/sched.h>
#include "damonxx/compat/pagewalk.h"
#include "damonxx/kapi.h"
#include "ops/kernel/pfn.h"
#include "ops/kernel/page.h"
#include "ops/kernel/rmap.h"

/* kapi_access_check.flags */
#define CHECK_PREPARED 0x01 /* cleared */
#define CHECK_BORROWED 0x02 /* an accessed bit was cleared and must be set again */
#define CHECK_FREE 0x04	    /* the page was free memory */

/* Distinguishes a folio from a later one at the same PFN, which has the same address. */
static u32 identity(const struct folio *folio)
{
	return (u32)((unsigned long)folio->mapping >> 3) ^ (u32)folio->index;
}

/* Returns the check's flags, or 0 with the reason in *@outcome. */
static u8 clear_folio(struct folio *folio, u8 *outcome)
{
	bool young, seen = damonxx_rmap_clear(folio, &young);

	*outcome = KAPI_BUSY;
	if (!IS_ENABLED(CONFIG_PAGE_IDLE_FLAG)) {
		/* Without the idle flag, accesses of an unmapped folio cannot be seen. */
		if (seen && !folio_mapped(folio))
			*outcome = KAPI_ABSENT;
		if (!seen || *outcome == KAPI_ABSENT)
			return 0;
		return young ? CHECK_PREPARED | CHECK_BORROWED : CHECK_PREPARED;
	}
	if (young && !folio_test_young(folio))
		folio_set_young(folio);
	if (seen && !folio_test_idle(folio))
		folio_set_idle(folio);
	return seen ? CHECK_PREPARED : 0;
}

static u8 test_folio(struct folio *folio, const struct kapi_access_check *check)
{
	bool was_free = check->flags & CHECK_FREE;
	bool young;

	if (IS_ENABLED(CONFIG_PAGE_IDLE_FLAG) && !was_free && !folio_test_idle(folio))
		return KAPI_ACCESSED;
	if (!IS_ENABLED(CONFIG_PAGE_IDLE_FLAG) && !was_free && check->pfn != identity(folio))
		return KAPI_BUSY;
	if (!damonxx_rmap_test(folio, &young))
		return KAPI_BUSY;
	if (!young && check->flags & CHECK_BORROWED)
		damonxx_rmap_set(folio);
	return young ? KAPI_ACCESSED : KAPI_IDLE;
}

/* Ends a check that found no folio, for the reason @outcome. */
static void end_check(struct kapi_access_check *check, u8 outcome, bool testing)
{
	if (testing && (outcome != KAPI_IDLE || check->flags & CHECK_PREPARED))
		outcome = KAPI_BUSY; /* changed since clearing */
	else if (!testing && outcome == KAPI_IDLE)
		check->flags = CHECK_FREE;
	check->outcome = outcome;
}

/*
 * Clears or tests the checks in order.  Adjacent checks of one folio share the result of the first:
 * a second clearing would find the accessed bits clear already.
 */
static __always_inline void check_all(struct kapi_access_check *checks, u32 n, bool testing)
{
	const struct folio *last = NULL;
	struct online online = {};
	u32 i;

	for (i = 0; i < n; i++) {
		struct kapi_access_check *check = &checks[i];
		struct folio *folio = NULL;
		u8 outcome = KAPI_BUSY;

		if (!testing)
			check->flags = 0;
		/* A check that could not be cleared already has its outcome. */
		if (!testing || check->flags)
			folio = get_folio(&online, PHYS_PFN(check->addr), &outcome);
		if (folio) {
			if (testing) {
				check->outcome = folio == last ? checks[i - 1].outcome
							       : test_folio(folio, check);
			} else if (folio == last) {
				check->flags = checks[i - 1].flags;
				check->outcome = checks[i - 1].outcome;
				check->pfn = identity(folio);
			} else {
				check->flags = clear_folio(folio, &outcome);
				check->outcome = outcome;
				check->pfn = identity(folio);
			}
			folio_put(folio);
		} else if (!testing || check->flags) {
			end_check(check, outcome, testing);
		}
		last = folio;
		if (i % 16 == 15)
			cond_resched();
	}
}

void kapi_phys_prepare_access_checks(struct kapi_access_check *checks, u32 n)
{
	check_all(checks, n, false);
}

void kapi_phys_check_accesses(struct kapi_access_check *checks, u32 n)
{
	check_all(checks, n, true);
}

void kapi_phys_describe_pages(const struct kapi_access_check *checks, struct kapi_page *pages,
			      u32 n)
{
	struct online online = {};
	u32 i;

	for (i = 0; i < n; i++) {
		u8 outcome;
		struct folio *folio = get_folio(&online, PHYS_PFN(checks[i].addr), &outcome);

		pages[i] = (struct kapi_page){};
		if (folio) {
			damonxx_describe_folio(folio, &pages[i]);
			folio_put(folio);
		}
		if (i % 16 == 15)
			cond_resched();
	}
}
