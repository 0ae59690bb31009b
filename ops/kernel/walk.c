// SPDX-License-Identifier: GPL-2.0
/*
 * Access checks: clear and test accessed bits of single pages, many at a time.
 *
 * Accessed bits that are cleared here are preserved for reclaim.  Where the kernel has the young
 * and idle flags of folios, the young flag stands in for the cleared bit, and the test sees by the
 * idle flag that another task has cleared the bit since.  Elsewhere the test sets the bit again.
 */
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/mmap_lock.h>
#include <linux/mmu_notifier.h>
#include <linux/page_idle.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/swapops.h>
#include "damonxx/compat/pagewalk.h"
#include "damonxx/kapi.h"
#include "ops/kernel/pt_cursor.h"

/* kapi_access_check.flags */
#define CHECK_PREPARED 0x01 /* cleared; its pfn is valid */
#define CHECK_UNMAPPED 0x08 /* no page was mapped */
#define CHECK_FLAGGED 0x02  /* the folio's idle flag was set */
#define CHECK_BORROWED 0x04 /* the accessed bit was cleared and must be set again */

struct walk {
	struct mm_struct *mm;
	struct pt_cursor cursor;
	bool notifiers;
	/* The last page tested and its outcome, for kernels where the test sets the bit again. */
	unsigned long tested;
	u8 outcome;
};

/*
 * Content of a present entry.  SAFETY, for reading any entry as a pte_t: on x86 the bits used here
 * are in the same place at every level, and so is the PFN.  The low bits of the PFN have other
 * meanings in an entry of a huge page, and read as ones if the entry is inaccessible (PROT_NONE
 * inverts PFNs), so they are masked.
 */
struct leaf {
	pte_t *entry;
	unsigned long start, size; /* what it maps */
	unsigned long pfn;	   /* of the sampled base page */
	bool young;
	bool special; /* the zero page or device memory, whose folio flags are not used */
};

/* Outcome of a check where the entry is not present.  A page under migration counts as mapped. */
static u8 unmapped_outcome(pte_t value)
{
	swp_entry_t entry;

	if (pte_none(value))
		return KAPI_IDLE;
	entry = pte_to_swp_entry(value);
	if (!non_swap_entry(entry))
		return KAPI_IDLE;
	return is_migration_entry(entry) ? KAPI_BUSY : KAPI_ABSENT;
}

/* Reads the entry for @offset, which maps @size bytes.  Returns false if it is not present. */
static __always_inline bool read_leaf(pte_t *entries, unsigned long start, unsigned long offset,
				      unsigned long size, struct leaf *leaf)
{
	pte_t value;

	leaf->entry = entries;
	if (size == PAGE_SIZE)
		leaf->entry += offset >> PAGE_SHIFT;
	value = ptep_get(leaf->entry);
	if (unlikely(!pte_present(value)))
		return false;
	leaf->size = size;
	leaf->start = start + (offset & ~(size - 1));
	leaf->pfn = pte_pfn(value) & ~((size >> PAGE_SHIFT) - 1);
	leaf->pfn += (offset & (size - 1)) >> PAGE_SHIFT;
	leaf->young = compat_entry_accessed(value);
	leaf->special = compat_entry_special(value);
	return true;
}

/* SAFETY: an atomic bit operation; the bit is in the same place at every level. */
static __always_inline bool clear_entry(const struct leaf *leaf)
{
	return test_and_clear_bit(_PAGE_BIT_ACCESSED, (unsigned long *)leaf->entry);
}

/*
 * SAFETY: an entry maps the folio and its table is locked, so the folio cannot be freed, split or
 * merged; no reference is needed.  A test without the lock may find a page that is being freed and
 * reused: its struct page stays valid, and a wrong flag spoils one check.
 */
static __always_inline struct folio *leaf_folio(const struct leaf *leaf)
{
	return page_folio(pfn_to_page(leaf->pfn));
}

static __always_inline void clear_leaf(struct walk *walk, const struct leaf *leaf,
				       struct kapi_access_check *check)
{
	bool young = leaf->young && clear_entry(leaf);
	struct folio *folio;

	if (unlikely(walk->notifiers))
		young |= mmu_notifier_clear_young(walk->mm, leaf->start, leaf->start + leaf->size);
	check->pfn = (u32)leaf->pfn;
	check->flags = CHECK_PREPARED;
	if (!IS_ENABLED(CONFIG_PAGE_IDLE_FLAG)) {
		if (young)
			check->flags |= CHECK_BORROWED;
	} else if (!leaf->special) {
		folio = leaf_folio(leaf);
		if (young && !folio_test_young(folio))
			folio_set_young(folio);
		if (!folio_test_idle(folio))
			folio_set_idle(folio);
		check->flags |= CHECK_FLAGGED;
	}
}

static __always_inline u8 test_leaf(struct walk *walk, const struct leaf *leaf,
				    const struct kapi_access_check *check)
{
	bool young = leaf->young;

	if (check->flags & CHECK_PREPARED && check->pfn != (u32)leaf->pfn)
		return KAPI_BUSY;
	/* Two checks of one page: the test of the first may have set the bit again. */
	if (!IS_ENABLED(CONFIG_PAGE_IDLE_FLAG) && walk->tested == leaf->start &&
	    check->flags & CHECK_PREPARED)
		return walk->outcome;
	if (!young && check->flags & CHECK_FLAGGED && !leaf->special)
		young = !folio_test_idle(leaf_folio(leaf));
	if (!young && unlikely(walk->notifiers))
		young = mmu_notifier_test_young(walk->mm, check->addr);
	/* SAFETY: the entry maps the same PFN as at clearing, and its table is locked. */
	if (!young && check->flags & CHECK_BORROWED)
		compat_entry_set_accessed(leaf->entry);
	if (!IS_ENABLED(CONFIG_PAGE_IDLE_FLAG) && check->flags & CHECK_PREPARED) {
		walk->tested = leaf->start;
		walk->outcome = young ? KAPI_ACCESSED : KAPI_IDLE;
	}
	return young ? KAPI_ACCESSED : KAPI_IDLE;
}

/* Whether @check is to be done.  A check that could not be cleared already has its outcome. */
static __always_inline bool begin_check(struct kapi_access_check *check, bool testing)
{
	if (testing)
		return check->flags;
	check->flags = 0;
	return true;
}

/* Ends a check that found no page, for the reason @outcome. */
static void end_check(struct kapi_access_check *check, u8 outcome, bool testing)
{
	if (testing && check->flags & CHECK_PREPARED)
		outcome = KAPI_BUSY;
	else if (!testing && outcome == KAPI_IDLE)
		check->flags = CHECK_UNMAPPED;
	check->outcome = outcome;
}

/* The same, with the reason in @entry, which is not present. */
static noinline void end_unmapped(struct kapi_access_check *check, pte_t *entry, bool testing)
{
	end_check(check, unmapped_outcome(ptep_get(entry)), testing);
}

/*
 * Does the checks from number @i on that the cursor covers, at least one; each entry of the cursor
 * maps @size bytes.  Returns the number of the first check beyond the cursor.
 */
static __always_inline u32 check_in_cursor(struct walk *walk, struct kapi_access_check *checks,
					   u32 i, u32 n, unsigned long size, bool testing)
{
	const unsigned long start = walk->cursor.start, length = walk->cursor.end - start;
	pte_t *const entries = walk->cursor.entry;
	struct leaf leaf;

	do {
		struct kapi_access_check *check = &checks[i];

		if (check->addr - start >= length)
			break;
		if (!begin_check(check, testing))
			continue;
		if (unlikely(!read_leaf(entries, start, check->addr - start, size, &leaf)))
			end_unmapped(check, leaf.entry, testing);
		else if (testing)
			check->outcome = test_leaf(walk, &leaf, check);
		else
			clear_leaf(walk, &leaf, check);
	} while (++i < n);
	return i;
}

/* The same for an empty cursor.  begin_check() has returned true for check @i. */
static u32 skip_cursor(const struct walk *walk, struct kapi_access_check *checks, u32 i, u32 n,
		       bool testing)
{
	end_check(&checks[i], walk->cursor.outcome, testing);
	while (++i < n && pt_cursor_covers(&walk->cursor, checks[i].addr))
		if (begin_check(&checks[i], testing))
			end_check(&checks[i], walk->cursor.outcome, testing);
	return i;
}

/* Called with the mmap lock held.  Returns the number of checks done, at least one. */
static __always_inline u32 check_some(struct walk *walk, struct kapi_access_check *checks, u32 n,
				      bool testing)
{
	struct pt_cursor *w = &walk->cursor;
	u32 i = 0;

	walk->notifiers = mm_has_notifiers(walk->mm);
	w->nr_lookups = 0;
	while (i < n) {
		if (!begin_check(&checks[i], testing)) {
			i++;
			continue;
		}
		if (i && pt_cursor_held_enough(w))
			break;
		damonxx_pt_cursor_move(w, checks[i].addr);
		if (likely(w->kind == PT_CURSOR_TABLE))
			i = check_in_cursor(walk, checks, i, n, PAGE_SIZE, testing);
		else if (w->kind == PT_CURSOR_EMPTY)
			i = skip_cursor(walk, checks, i, n, testing);
		else
			i = check_in_cursor(walk, checks, i, n, w->end - w->start, testing);
	}
	damonxx_pt_cursor_close(w);
	return i;
}

static __always_inline void check_all(struct kapi_mm *mm, struct kapi_access_check *checks, u32 n,
				      bool testing)
{
	struct walk walk = {
		.mm = (struct mm_struct *)mm,
		.cursor.mm = (struct mm_struct *)mm,
		/* Without idle flags, the test sets accessed bits again, which needs the lock. */
		.cursor.only_looks = testing && IS_ENABLED(CONFIG_PAGE_IDLE_FLAG),
		.tested = ULONG_MAX,
	};
	u32 done;

	for (; n; checks += done, n -= done) {
		mmap_read_lock(walk.mm);
		done = check_some(&walk, checks, min(n, MAX_CHECKS_PER_HOLD), testing);
		mmap_read_unlock(walk.mm);
		cond_resched();
	}
}

void kapi_prepare_access_checks(struct kapi_mm *mm, struct kapi_access_check *checks, u32 n)
{
	check_all(mm, checks, n, false);
}

void kapi_check_accesses(struct kapi_mm *mm, struct kapi_access_check *checks, u32 n)
{
	check_all(mm, checks, n, true);
}
