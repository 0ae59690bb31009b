/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cursor moves over an address space and shows the stretch of it that one page-table entry,
 * or one table of entries, describes, and holds that table or its lock.  The next address
 * looked for, if it is not far, is then usually there already.
 */
#ifndef DAMONXX_PT_CURSOR_H
#define DAMONXX_PT_CURSOR_H

#include <linux/mm_types.h>
#include <linux/mmap_lock.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/spinlock_types.h>

enum pt_cursor_kind {
	PT_CURSOR_EMPTY, /* nothing to look at, for the reason in outcome; no lock held */
	PT_CURSOR_TABLE, /* entries of base pages */
	PT_CURSOR_HUGE,	 /* one entry of a transparent huge page */
	PT_CURSOR_HUGETLB,
};

struct pt_cursor {
	struct mm_struct *mm;
	struct vm_area_struct *vma; /* ends above the last address; valid if vma_known */
	unsigned long start, end;   /* what it covers */
	pte_t *entry;		    /* that of start, whatever its level */
	pmd_t *middle;		    /* a whole table, the last one used, or NULL; ... */
	unsigned long middle_start; /* ... and what it begins with */
	spinlock_t *lock;	    /* held, unless NULL */
	enum pt_cursor_kind kind;
	u8 outcome;		    /* enum kapi_outcome of what is in an empty cursor */
	unsigned int nr_lookups;    /* of mappings, since it was opened */
	bool vma_known, vma_locked; /* vma_locked: against unsharing of hugetlb tables */
	bool vma_plain;		    /* page tables tell all about it */
	bool only_looks;	    /* tables of base pages need not be locked, only stay */
};

/* What one hold of the mmap lock, and so of a page-table lock, may look at. */
#define MAX_CHECKS_PER_HOLD 64U
/* Mappings of their own are what takes long. */
#define MAX_LOOKUPS_PER_HOLD 24U

/* Whether the mmap lock should be given up before the next move. */
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
 * Moves @w so that it covers @address, which is not below where it was.  CONTEXT: the mmap
 * lock is held for reading; may sleep, but not afterwards until the next move.
 */
void damonxx_pt_cursor_move(struct pt_cursor *w, unsigned long address);
/* Releases all but the mmap lock; that may be released then. */
void damonxx_pt_cursor_close(struct pt_cursor *w);

#endif
