// SPDX-License-Identifier: GPL-2.0
/* Page-table cursor: finds and locks the page-table entries of an address. */
#include <linux/hugetlb.h>
#include <linux/mm.h>
#include "damonxx/compat/pagewalk.h"
#include "damonxx/kapi.h"
#include "ops/kernel/pt_cursor.h"

static void drop_entry(struct pt_cursor *w)
{
	if (w->kind != PT_CURSOR_EMPTY && w->lock)
		spin_unlock(w->lock);
	if (w->kind == PT_CURSOR_TABLE)
		pte_unmap(w->entry);
	w->kind = PT_CURSOR_EMPTY;
	w->outcome = KAPI_IDLE;
	w->start = w->end = 0;
}

static void close_vma(struct pt_cursor *w)
{
	drop_entry(w);
	if (w->vma_locked)
		hugetlb_vma_unlock_read(w->vma);
	w->vma_locked = false;
	w->vma_known = false;
	w->vma_plain = false;
}

void damonxx_pt_cursor_close(struct pt_cursor *w)
{
	close_vma(w);
	w->middle = NULL;
}

/* Sets the range of the cursor to the aligned block of @size around @address, cut to the VMA. */
static void set_extent(struct pt_cursor *w, unsigned long address, unsigned long size)
{
	w->start = max(address & ~(size - 1), w->vma->vm_start);
	w->end = min((address & ~(size - 1)) + size, w->vma->vm_end);
}

/* Returns the PUD entry for @address, or NULL if there is none; then the cursor covers the hole. */
static pud_t *find_pud(struct pt_cursor *w, unsigned long address)
{
	pgd_t *pgd = pgd_offset(w->mm, address);
	p4d_t *p4d;

	if (pgd_none(*pgd) || unlikely(pgd_bad(*pgd))) {
		set_extent(w, address, PGDIR_SIZE);
		return NULL;
	}
	p4d = p4d_offset(pgd, address);
	if (p4d_none(*p4d) || unlikely(p4d_bad(*p4d))) {
		set_extent(w, address, P4D_SIZE);
		return NULL;
	}
	return pud_offset(p4d, address);
}

static pmd_t *find_pmd(struct pt_cursor *w, pud_t *pud, unsigned long address)
{
	pud_t value = READ_ONCE(*pud);

	if (pud_none(value) || !pud_present(value) || pud_leaf(value) || unlikely(pud_bad(value))) {
		w->outcome = pud_none(value) ? KAPI_IDLE : KAPI_ABSENT;
		set_extent(w, address, PUD_SIZE);
		return NULL;
	}
	return pmd_offset(pud, address);
}

/*
 * SAFETY: the mmap lock keeps this process from freeing the tables, the VMA lock keeps other
 * processes from unsharing them.
 */
static void open_hugetlb(struct pt_cursor *w, unsigned long address)
{
	struct hstate *h = hstate_vma(w->vma);
	unsigned long size = huge_page_size(h);
	pud_t *pud = find_pud(w, address);
	pte_t *entry = (pte_t *)pud;

	if (!pud)
		return;
	if (size != PUD_SIZE) {
		entry = (pte_t *)find_pmd(w, pud, address);
		if (!entry)
			return;
	}
	w->lock = huge_pte_lock(h, w->mm, entry);
	w->entry = entry;
	w->kind = PT_CURSOR_HUGETLB;
	set_extent(w, address, size);
}

/* Returns false if the entry no longer maps a huge page. */
static bool open_huge(struct pt_cursor *w, pmd_t *pmd, unsigned long address)
{
	w->lock = pmd_lock(w->mm, pmd);
	if (unlikely(!pmd_trans_huge(*pmd))) {
		spin_unlock(w->lock);
		return false;
	}
	w->entry = (pte_t *)pmd;
	w->kind = PT_CURSOR_HUGE;
	set_extent(w, address, PMD_SIZE);
	return true;
}

/* Returns false if @pmd does not point to a table, or no longer does. */
static bool open_table(struct pt_cursor *w, pmd_t *pmd, unsigned long address)
{
	pte_t *entry;

	w->lock = NULL;
	if (w->only_looks)
		entry = compat_pte_map(pmd, address);
	else
		entry = compat_pte_lock(w->mm, pmd, address, &w->lock);
	if (unlikely(!entry))
		return false;
	set_extent(w, address, PMD_SIZE);
	w->entry = entry - ((address - w->start) >> PAGE_SHIFT);
	w->kind = PT_CURSOR_TABLE;
	return true;
}

/*
 * SAFETY, for reusing the PMD table: it was found for a VMA, and this hold of the mmap lock keeps
 * that VMA, and with it the table.
 */
static pmd_t *find_pmd_again(struct pt_cursor *w, unsigned long address)
{
	pud_t *pud;
	pmd_t *pmd;

	if (w->middle && address - w->middle_start < PUD_SIZE)
		return w->middle + pmd_index(address);
	pud = find_pud(w, address);
	pmd = pud ? find_pmd(w, pud, address) : NULL;
	if (pmd) {
		w->middle = pmd - pmd_index(address);
		w->middle_start = address & PUD_MASK;
	}
	return pmd;
}

static __always_inline void open_normal(struct pt_cursor *w, unsigned long address)
{
	pmd_t *pmd = find_pmd_again(w, address);
	pmd_t value;

	if (!pmd)
		return;
	if (likely(open_table(w, pmd, address)))
		return;
	value = compat_pmd_read(pmd);
	if (pmd_present(value) && pmd_trans_huge(value) && !(w->vma->vm_flags & VM_MIXEDMAP) &&
	    open_huge(w, pmd, address))
		return;
	if (pmd_present(value) && !compat_names_table(value))
		w->outcome = KAPI_ABSENT; /* device memory */
	else if (!pmd_none(value))
		w->outcome = KAPI_BUSY; /* migrating, or changed since it was read */
	set_extent(w, address, PMD_SIZE);
}

static __always_inline bool cursor_in_mapping(const struct pt_cursor *w, unsigned long address)
{
	return address >= w->vma->vm_start && address < w->vma->vm_end;
}

/* Moves the cursor to the VMA at or above @address.  The mmap lock keeps the VMA as it is. */
static void find_mapping(struct pt_cursor *w, unsigned long address)
{
	if (w->vma_known && (!w->vma || address < w->vma->vm_end))
		return;
	close_vma(w);
	w->vma = find_vma(w->mm, address);
	w->vma_known = true;
	w->nr_lookups++;
}

/*
 * Called when the cursor enters a VMA, and for each move in a VMA that is not plain.  Returns true
 * if the VMA is plain, false if the cursor is complete.  Outside of VMAs, page tables may be freed
 * at any time, also under the mmap lock, so they are never read.  PFNs of VM_PFNMAP are not memory
 * that the kernel manages, and a VMA without access permissions has no accesses to monitor.
 */
static noinline bool enter_mapping(struct pt_cursor *w, unsigned long address)
{
	find_mapping(w, address);
	if (!w->vma || address < w->vma->vm_start) {
		w->start = address;
		w->end = w->vma ? w->vma->vm_start : ULONG_MAX;
		return false;
	}
	if (w->vma->vm_flags & (VM_PFNMAP | VM_IO) || !vma_is_accessible(w->vma)) {
		w->outcome = KAPI_ABSENT;
		w->start = w->vma->vm_start;
		w->end = w->vma->vm_end;
		return false;
	}
	if (is_vm_hugetlb_page(w->vma)) {
		if (!w->vma_locked)
			hugetlb_vma_lock_read(w->vma);
		w->vma_locked = true;
		open_hugetlb(w, address);
		return false;
	}
	w->vma_plain = true;
	return true;
}

void damonxx_pt_cursor_move(struct pt_cursor *w, unsigned long address)
{
	drop_entry(w);
	if (likely(w->vma_plain && cursor_in_mapping(w, address)) || enter_mapping(w, address))
		open_normal(w, address);
}
