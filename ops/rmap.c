// SPDX-License-Identifier: GPL-2.0
/*
 * The accessed bits of a folio, through the reverse map.  A page of one process, the usual
 * case by far, is looked up right here; files and shared pages go by the kernel's walk.
 */
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include "damonxx/compat/pagewalk.h"
#include "ops/rmap.h"

enum what { CLEAR, TEST, SET };

struct walk {
	unsigned long pfn, nr_pages;   /* of the folio */
	pgoff_t first;		       /* its place in the maps */
	bool alone;		       /* one entry maps it, and that is all */
	bool young;		       /* the answer so far */
};

/* SAFETY, for bits of any entry read as a pte_t's: they are in the same place at every level. */

/* One entry that maps @size bytes of the folio; its table is locked.  True: seen enough. */
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
 * From @address to @end one table has entries for the folio, or one entry.  True: seen enough.
 * SAFETY: the lock of the map that the VMA was found in is held; whoever frees its page tables
 * takes the VMA out of there first.  A table that goes away for a huge page is what
 * compat_pte_lock() knows to deal with.
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
	/* Only to look, it is enough that the table stays. */
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

/* What @vma maps of the folio, from @address on.  True: seen enough. */
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

/* For the kernel's walk: false means seen enough there. */
#define VISIT_FOR_KERNEL(what)                                                                  \
	static bool visit_##what(struct folio *folio, struct vm_area_struct *vma,               \
				 unsigned long address, void *walk)                             \
	{                                                                                       \
		return !visit_vma(walk, vma, address, what);                                    \
	}
VISIT_FOR_KERNEL(CLEAR)
VISIT_FOR_KERNEL(TEST)
VISIT_FOR_KERNEL(SET)

/* Of a file, or of memory that was found equal.  They lose their mapping to truncation. */
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
 * SAFETY: an anon_vma is memory of its kind as long as RCU is held; while the folio is mapped
 * and names it, it is also alive, and with its lock held it stays so.  This is what
 * folio_lock_anon_vma_read() does for those who do not want to wait.
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
