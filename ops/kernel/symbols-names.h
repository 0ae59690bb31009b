/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included first in every C file of a module build (-include from Kbuild).
 * Renames the unexported kernel symbols that symbols.h lists, so that the kernel's own
 * prototypes, and its inlines that call them, refer to the stubs in symbols.c.  C files
 * are then ordinary kernel code, the same in a kernel tree, where this is not read.
 *
 * The stubs cannot have the kernel's names: a second function of the same name in kallsyms would
 * make kprobes on that name ambiguous for all users.
 */
#define __mmu_notifier_clear_young damonxx_ksym___mmu_notifier_clear_young
#define __mmu_notifier_test_young damonxx_ksym___mmu_notifier_test_young
#define hugetlb_vma_lock_read damonxx_ksym_hugetlb_vma_lock_read
#define hugetlb_vma_unlock_read damonxx_ksym_hugetlb_vma_unlock_read
#define rmap_walk damonxx_ksym_rmap_walk
#define anon_vma_interval_tree_iter_first damonxx_ksym_anon_vma_interval_tree_iter_first
#define anon_vma_interval_tree_iter_next damonxx_ksym_anon_vma_interval_tree_iter_next
#define folio_lock_anon_vma_read damonxx_ksym_folio_lock_anon_vma_read
#define __kernfs_create_file damonxx_ksym___kernfs_create_file
#define folio_isolate_lru damonxx_ksym_folio_isolate_lru
#define folio_putback_lru damonxx_ksym_folio_putback_lru
#define reclaim_pages damonxx_ksym_reclaim_pages
#define folio_activate damonxx_ksym_folio_activate
#define folio_deactivate damonxx_ksym_folio_deactivate
#define deactivate_page damonxx_ksym_deactivate_page
#define do_madvise damonxx_ksym_do_madvise
#define migrate_pages damonxx_ksym_migrate_pages
#define lruvec_page_state damonxx_ksym_lruvec_page_state
#define node_page_state damonxx_ksym_node_page_state
#define mem_cgroup_flush_stats damonxx_ksym_mem_cgroup_flush_stats
/* Variables: the kernel's declaration becomes one of a pointer. */
#define mm_kobj (*damonxx_ksym_mm_kobj)
#define root_mem_cgroup (*damonxx_ksym_root_mem_cgroup)
#define psi_system (*damonxx_ksym_psi_system)
#define psi_disabled (*damonxx_ksym_psi_disabled)
