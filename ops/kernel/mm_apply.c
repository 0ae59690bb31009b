// SPDX-License-Identifier: GPL-2.0
/*
 * Actions on the memory of a process, folio by folio through its page tables.
 *
 * References to folios are taken under the page-table lock; the action is applied with no lock
 * held.  Mappings may change meanwhile, as the references keep the folios.  Folios that several
 * processes map belong to none of them alone: only stat visits them.
 */
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched.h>
#include <linux/userfaultfd_k.h>
#include "damonxx/compat/lru.h"
#include "damonxx/compat/pagewalk.h"
#include "ops/kernel/advice.h"
#include "ops/kernel/action_batch.h"
#include "ops/kernel/pt_cursor.h"

/* Most addresses per hold of the mmap lock; few of them cost more than reading an entry. */
#define MAX_LOOKS_PER_HOLD 512U

/*
 * Chooses by the folio's index in the mapped object, in units of its size, so that each call
 * chooses the same node for it.
 */
static u32 choose_node(const struct kapi_action_request *request, const struct vm_area_struct *vma,
		       unsigned long address, unsigned int order)
{
	u64 index, i;

	if (!request->nr_destinations || !request->total_weight)
		return request->target_node;
	index = (vma->vm_pgoff >> order) + ((address - vma->vm_start) >> (PAGE_SHIFT + order));
	index %= request->total_weight;
	for (i = 0; i + 1 < request->nr_destinations && index >= request->destinations[i].weight;
	     i++)
		index -= request->destinations[i].weight;
	return request->destinations[i].node;
}

/* Leaves hugetlb pages alone.  mlock() and userfaultfd put the process in charge of its memory, so
 * only stat visits it. */
static bool may_touch(const struct kapi_action_request *request, struct vm_area_struct *vma)
{
	if (is_vm_hugetlb_page(vma))
		return false;
	return request->action == KAPI_ACTION_STAT ||
	       !(vma->vm_flags & VM_LOCKED || userfaultfd_armed(vma));
}

/*
 * Returns the folio that the entry for @address maps, or NULL if actions cannot be applied to it.
 * SAFETY: as in walk.c: any entry may be read as a pte_t; the low bits of its PFN are masked, as
 * they have other meanings in an entry of a huge page.  While its table is locked the folio that
 * the entry maps stays.
 */
static struct folio *folio_at(const struct pt_cursor *w, unsigned long address)
{
	unsigned long nr_pages = 1;
	pte_t *entry = w->entry;
	struct folio *folio;
	pte_t value;

	if (w->kind == PT_CURSOR_TABLE)
		entry += (address - w->start) >> PAGE_SHIFT;
	else
		nr_pages = PMD_SIZE >> PAGE_SHIFT;
	value = ptep_get(entry);
	if (!pte_present(value) || compat_entry_special(value))
		return NULL;
	folio = page_folio(pfn_to_page(pte_pfn(value) & ~(nr_pages - 1)));
	return folio_test_lru(folio) && !is_zone_device_page(&folio->page) ? folio : NULL;
}

/* Adds the folio at @address, which the cursor covers, to @batch; returns the next address. */
static unsigned long look(struct action_batch *batch, struct pt_cursor *w, unsigned long address)
{
	const struct kapi_action_request *request = batch->request;
	struct folio *folio;

	if (w->kind == PT_CURSOR_EMPTY || !may_touch(request, w->vma))
		return w->end;
	folio = folio_at(w, address);
	if (folio && !batch_has(batch, folio) &&
	    (request->action == KAPI_ACTION_STAT || !compat_mapped_shared(folio))) {
		folio_get(folio);
		batch_add(batch, folio, choose_node(request, w->vma, address, folio_order(folio)));
	}
	return w->kind == PT_CURSOR_TABLE ? address + PAGE_SIZE : w->end;
}

/* Fills @batch in one hold of the mmap lock.  Advances the request by at least one page. */
static void gather(struct mm_struct *mm, struct action_batch *batch)
{
	struct kapi_action_request *request = batch->request;
	unsigned long address = request->start & PAGE_MASK;
	struct pt_cursor w = {.mm = mm};
	unsigned int looks;

	mmap_read_lock(mm);
	for (looks = 0; address < request->end && looks < MAX_LOOKS_PER_HOLD; looks++) {
		if (batch_is_full(batch) || (looks && pt_cursor_held_enough(&w)))
			break;
		if (!pt_cursor_covers(&w, address))
			damonxx_pt_cursor_move(&w, address);
		address = look(batch, &w, address);
	}
	damonxx_pt_cursor_close(&w);
	mmap_read_unlock(mm);
	request->start = min_t(u64, address, request->end);
}

void kapi_mm_apply(struct kapi_mm *mm, struct kapi_action_request *request)
{
	struct action_batch batch = {.request = request};

	switch (request->action) {
	case KAPI_ACTION_WILLNEED:
	case KAPI_ACTION_HUGEPAGE:
	case KAPI_ACTION_NOHUGEPAGE:
	case KAPI_ACTION_COLLAPSE:
		damonxx_advise((struct mm_struct *)mm, request);
		break;
	default:
		gather((struct mm_struct *)mm, &batch);
		damonxx_batch_apply(&batch);
	}
	cond_resched();
}
