/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All unexported kernel symbols that damonxx uses, each with the feature that needs it.
 *
 *	F(feature, return type, name, parameters, arguments)	a function
 *	D(feature, name)					a variable
 *
 * The compiler checks the prototypes against the kernel's headers.  A new symbol gets a
 * line here and one in symbols-names.h.  A call of a missing function returns garbage:
 * callers must check kapi_has_feature() first.
 */
#ifndef DAMONXX_SYMBOLS_H
#define DAMONXX_SYMBOLS_H

#include <linux/hugetlb.h>
#include <linux/kernfs.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/psi.h>
#include <linux/rmap.h>
#include "damonxx/compat/lru.h"
#include "damonxx/compat/memcg.h"
#include "damonxx/compat/migrate.h"

#ifdef CONFIG_MMU_NOTIFIER
#define DAMONXX_NOTIFIER_SYMBOLS(F)                                                              \
	F(VADDR, int, __mmu_notifier_clear_young,                                                \
	  (struct mm_struct * mm, unsigned long start, unsigned long end), (mm, start, end))     \
	F(VADDR, int, __mmu_notifier_test_young, (struct mm_struct * mm, unsigned long address), \
	  (mm, address))
#else
#define DAMONXX_NOTIFIER_SYMBOLS(F)
#endif

#ifdef CONFIG_HUGETLB_PAGE
#define DAMONXX_HUGETLB_SYMBOLS(F)                                                  \
	F(VADDR, void, hugetlb_vma_lock_read, (struct vm_area_struct * vma), (vma)) \
	F(VADDR, void, hugetlb_vma_unlock_read, (struct vm_area_struct * vma), (vma))
#else
#define DAMONXX_HUGETLB_SYMBOLS(F)
#endif

#define DAMONXX_RMAP_SYMBOLS(F)                                                              \
	F(PADDR, void, rmap_walk, (struct folio * folio, struct rmap_walk_control * control), \
	  (folio, control))                                                                  \
	F(PADDR, struct anon_vma *, folio_lock_anon_vma_read,                                \
	  (struct folio * folio, struct rmap_walk_control * control), (folio, control))      \
	F(PADDR, struct anon_vma_chain *, anon_vma_interval_tree_iter_first,                 \
	  (struct rb_root_cached * root, unsigned long first, unsigned long last),           \
	  (root, first, last))                                                               \
	F(PADDR, struct anon_vma_chain *, anon_vma_interval_tree_iter_next,                  \
	  (struct anon_vma_chain * link, unsigned long first, unsigned long last),           \
	  (link, first, last))

#define DAMONXX_KERNFS_SYMBOLS(F)                                                              \
	F(BINARY, struct kernfs_node *, __kernfs_create_file,                                  \
	  (struct kernfs_node * parent, const char *name, umode_t mode, kuid_t uid,            \
	   kgid_t gid, loff_t size, const struct kernfs_ops *ops, void *priv, const void *ns,  \
	   struct lock_class_key *key),                                                        \
	  (parent, name, mode, uid, gid, size, ops, priv, ns, key))

#define DAMONXX_LRU_SYMBOLS(F)                                                         \
	F(RECLAIM, COMPAT_ISOLATED, folio_isolate_lru, (struct folio * folio), (folio)) \
	F(RECLAIM, void, folio_putback_lru, (struct folio * folio), (folio))            \
	F(RECLAIM, unsigned long, reclaim_pages, (struct list_head * folios), (folios)) \
	F(LRU, void, folio_activate, (struct folio * folio), (folio))                   \
	COMPAT_DEACTIVATE_SYMBOL(F)

#define DAMONXX_MADVISE_SYMBOLS(F)                                                         \
	F(MADVISE, int, do_madvise,                                                        \
	  (struct mm_struct * mm, unsigned long start, size_t length, int advice),         \
	  (mm, start, length, advice))

#ifdef CONFIG_MIGRATION
#define DAMONXX_MIGRATE_SYMBOLS(F)                                                            \
	F(MIGRATE, int, migrate_pages,                                                        \
	  (struct list_head * folios, COMPAT_NEW_FOLIO make, COMPAT_FREE_FOLIO unmake,        \
	   unsigned long argument, enum migrate_mode mode, int reason, unsigned int *moved),  \
	  (folios, make, unmake, argument, mode, reason, moved))
#else
#define DAMONXX_MIGRATE_SYMBOLS(F)
#endif

#ifdef CONFIG_MEMCG
#define DAMONXX_MEMCG_SYMBOLS(F, D) COMPAT_MEMCG_SYMBOLS(F) D(MEMCG, root_mem_cgroup)
#else
#define DAMONXX_MEMCG_SYMBOLS(F, D)
#endif

#ifdef CONFIG_PSI
#define DAMONXX_PSI_SYMBOLS(D) D(PSI, psi_system) D(PSI, psi_disabled)
#else
#define DAMONXX_PSI_SYMBOLS(D)
#endif

#define DAMONXX_SYMBOLS(F, D)       \
	DAMONXX_NOTIFIER_SYMBOLS(F) \
	DAMONXX_HUGETLB_SYMBOLS(F)  \
	DAMONXX_RMAP_SYMBOLS(F)     \
	DAMONXX_KERNFS_SYMBOLS(F)   \
	DAMONXX_LRU_SYMBOLS(F)      \
	DAMONXX_MADVISE_SYMBOLS(F)  \
	DAMONXX_MIGRATE_SYMBOLS(F)  \
	DAMONXX_MEMCG_SYMBOLS(F, D) \
	DAMONXX_PSI_SYMBOLS(D)      \
	D(SYSFS, mm_kobj)

/* Resolves all symbols.  Must be called once, before any other function of damonxx. */
void damonxx_symbols_resolve(void);

#endif
