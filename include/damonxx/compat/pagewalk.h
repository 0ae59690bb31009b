/* SPDX-License-Identifier: GPL-2.0 */
/* Page tables: what differs between kernel versions. */
#ifndef DAMONXX_COMPAT_PAGEWALK_H
#define DAMONXX_COMPAT_PAGEWALK_H

#include <linux/mm.h>
#include <linux/version.h>

/*
 * Since 6.5 a page table may go away under a reader of the mmap lock: mapping one can
 * fail, and the function that does it is out of line.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define COMPAT_PAGEWALK_SYMBOLS(F)                                                        \
	F(VADDR, pte_t *, __pte_offset_map_lock,                                          \
	  (struct mm_struct * mm, pmd_t * pmd, unsigned long address, spinlock_t **lock), \
	  (mm, pmd, address, lock))
#else
#define COMPAT_PAGEWALK_SYMBOLS(F)
#endif

/* ptep_get() and the like are the same everywhere; this is the one for middle levels. */
static inline pmd_t compat_pmd_read(pmd_t *pmd)
{
	return READ_ONCE(*pmd);
}

/* Also for an entry of a higher level: the bit is the same there. */
static inline void compat_entry_set_accessed(void *entry)
{
	set_bit(_PAGE_BIT_ACCESSED, (unsigned long *)entry);
}

#endif
