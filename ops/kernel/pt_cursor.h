/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cursor over the page tables of an address space.  It covers the range of one huge entry or of
 * one table of base-page entries, and holds that table or its lock; so the next address, if it is
 * near, is usually covered already.
 */
#ifndef DAMONXX_PT_CURSOR_H
#define DAMONXX_PT_CURSOR_H

#include <linux/mm_types.h>
#include <linux/mmap_lock.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/spinlock_types.h>

enum pt_cursor_kind {
	PT_CURSOR_EMPTY, /* no entry to read, for the reason in outcome; no lock held */
	PT_CURSOR_TABLE, /* entries of base pages */
	PT_CURSOR_HUGE,	 /* one entry of a transparent huge page */
	PT_CURSOR_HUGETLB,
};

struct pt_cursor {
	struct mm_struct *mm;
	struct vm_area_struct *vma; /* ends above the last address; valid if vma_known */
	unsigned long start, end;   /* the range it covers */
	pte_t *entry;		    /* of start, at any level */
	pmd_t *middle;		    /* start of the last PMD table used, or NULL; ... */
	unsigned long middle_start; /* ... and its first address */
	spinlock_t *lock;	    /* held, unless NULL */
	enum pt_cursor_kind kind;
	u8 outcome;		    /* enum kapi_outcome of an empty cursor */
	unsigned int nr_lookups;    /* of VMAs, in this hold of the mmap lock */
	bool vma_known, vma_locked; /* vma_locked: against unsharing of hugetlb tables */
	bool vma_plain;		    /* its normal page tables can be monitored; no hugetlb */
	bool only_looks;	    /* read only: tables of base pages are mapped, not locked */
};

/* Most checks per hold of the mmap lock, and so of a page-table lock. */
#define MAX_CHECKS_PER_HOLD 64U
/* Most VMA lookups per hold: they cost far more than checks in one VMA. */
#define MAX_LOOKUPS_PER_HOLD 24U

/* Whether the mmap lock should be released before the next move. */
static __always_inline bool pt_cursor_held_enough(const struct pt_cursor *w)
{
	return w->nr_lookups >= MAX_LOOKUPS_PER_HOLD || need_resched() ||
	       mmap_lock_is_contended(w->mm);
}

static inline bool pt_cursor_covers(const struct pt_cursor *w, unsigned long address)
{
	return address - w->start < w->end - w->start;
}

/*
 * Moves @w so that it covers @address, which must not be below its last one.  CONTEXT: the mmap
 * lock is held for reading; may sleep.  It may return with a page-table lock held, so the caller
 * must not sleep until the next move or close.
 */
void damonxx_pt_cursor_move(struct pt_cursor *w, unsigned long address);
/* Releases all locks that @w holds.  Must be called before the mmap lock is released. */
void damonxx_pt_cursor_close(struct pt_cursor *w);

#endif
