// SPDX-License-Identifier: GPL-2.0
/*
 * Accessed bits of a folio, through the reverse map.  Anonymous folios, by far the most common, are
 * walked here; files and KSM pages use the kernel's rmap_walk().
 */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include "damonxx/compat/pagewalk.h"
#include "ops/kernel/rmap.h"

enum what { CLEAR, TEST, SET };

struct walk {
	unsigned long pfn, nr_pages;   /* of the folio */
	pgoff_t first;		       /* its index in the mapping */
	bool alone;		       /* exactly one entry maps it */
	bool young;		       /* the result so far */
};

/* SAFETY, for entries read as a pte_t: the bits used are in the same place at every level. */

/* Handles one entry, which maps @size bytes of the folio; its table is locked, or for TEST mapped.
 * Returns true if the walk is complete. */
static __always_inline bool visit(struct walk *walk, struct mm_struct *mm, unsigned long address,
				  unsigned long size, pte_t *entry, pte_t value, enum what what)
{
	bool young = compat_entry_accessed(value);

	if (what == SET) {
		compat_entry_set_accessed(entry);
		return true;
	}
	if (what == CLEAR && young)
		young = test_and_clear_bit(_PAGE_BIT_ACCESSED, (unsigned long *)entry);
	if (unlikely(mm_has_notifiers(mm))) {
		if (what == CLEAR)
			young |= mmu_notifier_clear_young(mm, address, address + size);
		else if (!young)
			young = mmu_notifier_test_young(mm, address);
	}
	walk->young |= young;
	return walk->alone || (what == TEST && young);
}

static __always_inline pmd_t *find_pmd(struct mm_struct *mm, unsigned long address)
{
	pgd_t *pgd = pgd_offset(mm, address);
	p4d_t *p4d;
	pud_t *pud, value;

	if (!pgd_present(*pgd))
		return NULL;
	p4d = p4d_offset(pgd, address);
	if (!p4d_present(*p4d))
		return NULL;
	pud = pud_offset(p4d, address);
	value = READ_ONCE(*pud);
	if (!pud_present(value) || pud_leaf(value))
		return NULL;
	return pmd_offset(pud, address);
}

static bool visit_huge(struct walk *walk, struct mm_struct *mm, pmd_t *pmd, unsigned long address,
		       enum what what)
{
	spinlock_t *lock = pmd_lock(mm, pmd);
	pmd_t value = compat_pmd_read(pmd);
	bool enough = false;

	if (pmd_present(value) && pmd_trans_huge(value) &&
	    pmd_pfn(value) - walk->pfn < walk->nr_pages)
		enough = visit(walk, mm, address & PMD_MASK, PMD_SIZE, (pte_t *)pmd,
			       native_make_pte(native_pmd_val(value)), what);
	spin_unlock(lock);
	return enough;
}

/*
 * Visits the folio's entries from @address to @end, which are in one table or are one huge entry.
 * Returns true if the walk is complete.
 * SAFETY: the lock of the interval tree in which the VMA was found is held; a task that frees page
 * tables of the VMA first removes it from that tree.  compat_pte_lock() and compat_pte_map() handle
 * a table that is replaced by a huge page.
 */
static __always_inline bool visit_table(struct walk *walk, struct mm_struct *mm,
					unsigned long address, unsigned long end, enum what what)
{
	pmd_t *pmd = find_pmd(mm, address);
	bool enough = false;
	spinlock_t *lock;
	pte_t *first, *entry;

	if (unlikely(!pmd))
		return false;
	/* A test needs the table to stay, but not its lock. */
	first = what == TEST ? compat_pte_map(pmd, address) :
			       compat_pte_lock(mm, pmd, address, &lock);
	if (unlikely(!first))
		return pmd_trans_huge(compat_pmd_read(pmd)) &&
		       visit_huge(walk, mm, pmd, address, what);
	for (entry = first; !enough && address < end; address += PAGE_SIZE, entry++) {
		pte_t value = ptep_get(entry);

		if (pte_present(value) && pte_pfn(value) - walk->pfn < walk->nr_pages)
			enough = visit(walk, mm, address, PAGE_SIZE, entry, value, what);
	}
	if (what == TEST)
		pte_unmap(first);
	else
		pte_unmap_unlock(first, lock);
	return enough;
}

/* Visits the part of the folio that @vma maps, from @address on.  Returns true if the walk is
 * complete. */
static __always_inline bool visit_vma(struct walk *walk, struct vm_area_struct *vma,
				      unsigned long address, enum what what)
{
	unsigned long end, boundary;

	if (likely(walk->nr_pages == 1))
		return visit_table(walk, vma->vm_mm, address, address + PAGE_SIZE, what);
	end = vma->vm_start + ((walk->first + walk->nr_pages - vma->vm_pgoff) << PAGE_SHIFT);
	end = min(end, vma->vm_end);
	for (; address < end; address = boundary) {
		boundary = min(end, (address & PMD_MASK) + PMD_SIZE);
		if (visit_table(walk, vma->vm_mm, address, boundary, what))
			return true;
	}
	return false;
}

/* Callbacks of rmap_walk(), which return false to end the walk. */
#define VISIT_FOR_KERNEL(what)                                                                  \
	static bool visit_##what(struct folio *folio, struct vm_area_struct *vma,               \
				 unsigned long address, void *walk)                             \
	{                                                                                       \
		return !visit_vma(walk, vma, address, what);                                    \
	}
VISIT_FOR_KERNEL(CLEAR)
VISIT_FOR_KERNEL(TEST)
VISIT_FOR_KERNEL(SET)

/* Walks a file or KSM folio.  The folio lock keeps truncation from clearing its mapping. */
static noinline bool walk_locked(struct folio *folio, struct walk *walk, enum what what)
{
	struct rmap_walk_control control = {
		.arg = walk,
		.try_lock = true,
		.rmap_one = what == CLEAR ? visit_CLEAR : what == TEST ? visit_TEST : visit_SET,
		.anon_lock = folio_lock_anon_vma_read,
	};

	if (!folio_trylock(folio))
		return false;
	rmap_walk(folio, &control);
	folio_unlock(folio);
	return !control.contended;
}

enum lock_result { LOCKED, NOT_MAPPED, BUSY };

/*
 * SAFETY: under RCU, the memory of an anon_vma stays an anon_vma (SLAB_TYPESAFE_BY_RCU).  While the
 * folio is mapped and its mapping is this anon_vma, the anon_vma is alive, and its lock keeps it
 * alive.  folio_lock_anon_vma_read() does the same for callers with try_lock.
 */
static __always_inline enum lock_result lock_map(struct folio *folio, unsigned long mapping,
						 struct anon_vma **locked)
{
	struct anon_vma *map = (struct anon_vma *)(mapping - PAGE_MAPPING_ANON);
	enum lock_result result = BUSY;
	struct anon_vma *root;

	rcu_read_lock();
	if (!folio_mapped(folio)) {
		result = NOT_MAPPED;
		goto out;
	}
	root = READ_ONCE(map->root);
	if (!down_read_trylock(&root->rwsem))
		goto out;
	if (likely((unsigned long)READ_ONCE(folio->mapping) == mapping && folio_mapped(folio))) {
		*locked = map;
		result = LOCKED;
	} else {
		up_read(&root->rwsem);
	}
out:
	rcu_read_unlock();
	return result;
}

static __always_inline bool walk_folio(struct folio *folio, struct walk *walk, enum what what)
{
	unsigned long mapping = (unsigned long)READ_ONCE(folio->mapping);
	struct anon_vma_chain *link;
	struct anon_vma *map;
	pgoff_t last;

	walk->pfn = folio_pfn(folio);
	walk->nr_pages = folio_nr_pages(folio);
	walk->first = folio->index;
	walk->alone = walk->nr_pages == 1 && atomic_read(&folio->_mapcount) == 0;
	walk->young = false;
	if (!mapping)
		return true;
	if (unlikely((mapping & PAGE_MAPPING_FLAGS) != PAGE_MAPPING_ANON))
		return !folio_mapped(folio) || walk_locked(folio, walk, what);

	switch (lock_map(folio, mapping, &map)) {
	case BUSY:
		return false;
	case NOT_MAPPED:
		return true;
	case LOCKED:
		break;
	}
	last = walk->first + walk->nr_pages - 1;
	anon_vma_interval_tree_foreach(link, &map->rb_root, walk->first, last) {
		struct vm_area_struct *vma = link->vma;
		unsigned long address = vma->vm_start;

		if (walk->first > vma->vm_pgoff)
			address += (walk->first - vma->vm_pgoff) << PAGE_SHIFT;
		if (visit_vma(walk, vma, address, what))
			break;
		cond_resched();
	}
	up_read(&map->root->rwsem);
	return true;
}

bool damonxx_rmap_clear(struct folio *folio, bool *young)
{
	struct walk walk;
	bool seen = walk_folio(folio, &walk, CLEAR);

	*young = walk.young;
	return seen;
}

bool damonxx_rmap_test(struct folio *folio, bool *young)
{
	struct walk walk;
	bool seen = walk_folio(folio, &walk, TEST);

	*young = walk.young;
	return seen;
}

bool damonxx_rmap_set(struct folio *folio)
{
	struct walk walk;

	return walk_folio(folio, &walk, SET);
}
