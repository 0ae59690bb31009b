/* SPDX-License-Identifier: GPL-2.0 */
/* Page tables: what differs between kernel versions. */
#ifndef DAMONXX_COMPAT_PAGEWALK_H
#define DAMONXX_COMPAT_PAGEWALK_H

#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/version.h>

#ifndef CONFIG_MMU_NOTIFIER
/* The kernel has no stub for this function. */
static inline int mmu_notifier_clear_young(struct mm_struct *mm, unsigned long start,
					   unsigned long end)
{
	return 0;
}
#endif

/* Whether @value points to a page table: it is present and maps no huge page. */
static inline bool compat_names_table(pmd_t value)
{
	return (native_pmd_val(value) & (_PAGE_PRESENT | _PAGE_PSE)) == _PAGE_PRESENT;
}

/*
 * pte_offset_map_lock(); NULL if @pmd does not point to a page table, or no longer does once
 * the lock is held.  The kernel's own is out of line and takes four times as long.
 * pte_unmap_unlock() undoes it.
 */
static inline pte_t *compat_pte_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long address,
				     spinlock_t **lock)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	pmd_t value;

	/*
	 * SAFETY: since 6.5 a page table may be removed while the mmap lock is held for reading.
	 * RCU delays freeing it; if @pmd still points to it once its lock is held, it stays.
	 */
	rcu_read_lock();
	value = pmdp_get_lockless(pmd);
	if (unlikely(!compat_names_table(value))) {
		rcu_read_unlock();
		return NULL;
	}
	*lock = pte_lockptr(mm, &value);
	spin_lock(*lock);
	if (unlikely(native_pmd_val(value) != native_pmd_val(pmdp_get_lockless(pmd)))) {
		pte_unmap_unlock(NULL, *lock);
		return NULL;
	}
	return pte_offset_kernel(&value, address);
#else
	if (!compat_names_table(READ_ONCE(*pmd)))
		return NULL;
	return pte_offset_map_lock(mm, pmd, address, lock);
#endif
}

/*
 * The entry for @address in the page table that @pmd points to, for reading; NULL: no table.
 * The caller must keep the table from being freed.  Collapse into a huge page is allowed: since
 * 6.5 it frees the table by RCU.  pte_unmap() undoes it.
 */
static inline pte_t *compat_pte_map(pmd_t *pmd, unsigned long address)
{
	pmd_t value;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	rcu_read_lock();
	value = pmdp_get_lockless(pmd);
	if (likely(compat_names_table(value)))
		return pte_offset_kernel(&value, address);
	rcu_read_unlock();
	return NULL;
#else
	value = READ_ONCE(*pmd);
	return compat_names_table(value) ? pte_offset_map(pmd, address) : NULL;
#endif
}

/* As ptep_get(), for a PMD entry. */
static inline pmd_t compat_pmd_read(pmd_t *pmd)
{
	return READ_ONCE(*pmd);
}

/*
 * The next three also work for entries of higher levels, which have the same bits.  The
 * kernel's own predicates first mask out the PFN, with a mask that is a variable.
 */
static inline bool compat_entry_accessed(pte_t value)
{
	return native_pte_val(value) & _PAGE_ACCESSED;
}

static inline bool compat_entry_special(pte_t value)
{
	return native_pte_val(value) & _PAGE_SPECIAL;
}

static inline void compat_entry_set_accessed(void *entry)
{
	set_bit(_PAGE_BIT_ACCESSED, (unsigned long *)entry);
}

#endif
