// SPDX-License-Identifier: GPL-2.0
/* Attributes of the pages that are mapped at the addresses of access checks.  Changes no page. */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched.h>
#include "damonxx/compat/pagewalk.h"
#include "ops/kernel/page.h"
#include "ops/kernel/pt_cursor.h"

/*
 * SAFETY: as in walk.c: any entry may be read as a pte_t; the low bits of its PFN are masked, as
 * they have other meanings in an entry of a huge page.  While its table is locked the folio that
 * the entry maps stays.
 */
static void describe_entry(const struct pt_cursor *w, unsigned long address, struct kapi_page *page)
{
	unsigned long nr_pages = (w->end - w->start) >> PAGE_SHIFT;
	pte_t *entry = w->entry;
	pte_t value;

	if (w->kind == PT_CURSOR_TABLE) {
		entry += (address - w->start) >> PAGE_SHIFT;
		nr_pages = 1;
	}
	value = ptep_get(entry);
	if (!pte_present(value) || compat_entry_special(value))
		return;
	damonxx_describe_folio(page_folio(pfn_to_page(pte_pfn(value) & ~(nr_pages - 1))), page);
}

/* Called with the mmap lock held.  Returns the number of checks done, at least one. */
static u32 describe_some(struct mm_struct *mm, const struct kapi_access_check *checks,
			 struct kapi_page *pages, u32 n)
{
	struct pt_cursor w = {.mm = mm};
	u32 i;

	for (i = 0; i < n; i++) {
		if (i && pt_cursor_held_enough(&w))
			break;
		pages[i] = (struct kapi_page){};
		if (!pt_cursor_covers(&w, checks[i].addr))
			damonxx_pt_cursor_move(&w, checks[i].addr);
		if (w.kind != PT_CURSOR_EMPTY)
			describe_entry(&w, checks[i].addr, &pages[i]);
	}
	damonxx_pt_cursor_close(&w);
	return i;
}

void kapi_describe_pages(struct kapi_mm *mm, const struct kapi_access_check *checks,
			 struct kapi_page *pages, u32 n)
{
	struct mm_struct *watched = (struct mm_struct *)mm;
	u32 done;

	for (; n; checks += done, pages += done, n -= done) {
		mmap_read_lock(watched);
		done = describe_some(watched, checks, pages, min(n, MAX_CHECKS_PER_HOLD));
		mmap_read_unlock(watched);
		cond_resched();
	}
}
