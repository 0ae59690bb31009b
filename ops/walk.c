// SPDX-License-Identifier: GPL-2.0
/*
 * Access checks: clear and test accessed bits of single pages, many at a time.
 *
 * A page's accessed bit is borrowed.  Where the kernel has the young and idle flags of
 * folios, reclaim finds in "young" what the cleared bit would have told, and "idle" tells
 * us when another clears the bit.  Elsewhere the bit is set again at the test.
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
#include "ops/pt_cursor.h"

/* kapi_access_check.flags */
#define CHECK_PREPARED 0x01 /* cleared; its pfn is valid */
#define CHECK_UNMAPPED 0x08 /* there was nothing to clear */
#define CHECK_FLAGGED 0x02  /* the folio's idle flag was set */
#define CHECK_BORROWED 0x04 /* the accessed bit was set and belongs back */

struct walk {
	struct mm_struct *mm;
	struct pt_cursor cursor;
	bool notifiers;
	/* The last page tested, for kernels where testing sets the bit again. */
	unsigned long tested;
	u8 outcome;
};

/*
 * What a present entry says, read under the lock of its table.  SAFETY, for reading any entry
 * as a pte_t: on x86 the bits used here are in the same place at every level, and so is the
 * PFN.  But its low bits have other meanings in an entry for a huge page, and come out as
 * ones if the entry is inaccessible (PROT_NONE inverts PFNs): they are masked.
 */
struct leaf {
	pte_t *entry;
	unsigned long start, size; /* what it maps */
	unsigned long pfn;	   /* of the sampled base page */
	bool young;
	bool special; /* the zero page, a device's: has no flags to use */
};

/* What a check finds where no page is mapped.  A page on its way to another place is mapped. */
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

/* False: nothing is mapped there.  @size is that of the entry that describes @offset of @w. */
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
 * SAFETY: an entry maps the folio and its table is locked, so the folio cannot be freed, nor
 * split or joined; no reference is needed.  Who only looks may find a page that is on its way to
 * another use: its pfn stays memory, and a wrong flag is one wrong look.
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
	/* Two checks in one page: for the first one the bit may have been set again. */
	if (!IS_ENABLED(CONFIG_PAGE_IDLE_FLAG) && walk->tested == leaf->start &&
	    check->flags & CHECK_PREPARED)
		return walk->outcome;
	if (!young && check->flags & CHECK_FLAGGED && !leaf->special)
		young = !folio_test_idle(leaf_folio(leaf));
	if (!young && unlikely(walk->notifiers))
		young = mmu_notifier_test_young(walk->mm, check->addr);
	/* SAFETY: the entry maps the pfn it mapped then, and its table is locked. */
	if (!young && check->flags & CHECK_BORROWED)
		compat_entry_set_accessed(leaf->entry);
	if (!IS_ENABLED(CONFIG_PAGE_IDLE_FLAG) && check->flags & CHECK_PREPARED) {
		walk->tested = leaf->start;
		walk->outcome = young ? KAPI_ACCESSED : KAPI_IDLE;
	}
	return young ? KAPI_ACCESSED : KAPI_IDLE;
}

/* Whether there is anything to do for @check; what clearing could not do is decided. */
static __always_inline bool begin_check(struct kapi_access_check *check, bool testing)
{
	if (testing)
		return check->flags;
	check->flags = 0;
	return true;
}

/* There is no page to look at, for the reason @outcome. */
static void end_check(struct kapi_access_check *check, u8 outcome, bool testing)
{
	if (testing && check->flags & CHECK_PREPARED)
		outcome = KAPI_BUSY;
	else if (!testing && outcome == KAPI_IDLE)
		check->flags = CHECK_UNMAPPED;
	check->outcome = outcome;
}

/* The same where @entry maps nothing. */
static noinline void end_unmapped(struct kapi_access_check *check, pte_t *entry, bool testing)
{
	end_check(check, unmapped_outcome(ptep_get(entry)), testing);
}

/*
 * From check @i on those that are in the cursor, where all entries have this @size; the first
 * one is.  Returns the first that is not.
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

/* The same for a cursor with nothing in it; check @i, too, has begun. */
static u32 skip_cursor(const struct walk *walk, struct kapi_access_check *checks, u32 i, u32 n,
		       bool testing)
{
	end_check(&checks[i], walk->cursor.outcome, testing);
	while (++i < n && pt_cursor_covers(&walk->cursor, checks[i].addr))
		if (begin_check(&checks[i], testing))
			end_check(&checks[i], walk->cursor.outcome, testing);
	return i;
}

/* Under the mmap lock.  Returns how many checks are done, at least one. */
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
		/* Without idle flags, testing gives accessed bits back. */
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
