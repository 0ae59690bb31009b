/* SPDX-License-Identifier: GPL-2.0 */
/* Memory cgroups: what differs between kernel versions. */
#ifndef DAMONXX_COMPAT_MEMCG_H
#define DAMONXX_COMPAT_MEMCG_H

#include <linux/memcontrol.h>
#include <linux/version.h>
#include <linux/vmstat.h>

/* The memory cgroup that @folio is charged to, or NULL.  CONTEXT: RCU read section. */
static inline struct mem_cgroup *compat_folio_memcg(struct folio *folio)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	return folio_memcg_check(folio);
#else
	return page_memcg_check(&folio->page);
#endif
}

#ifdef CONFIG_MEMCG
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
#define COMPAT_MEMCG_SYMBOLS(F)                                                            \
	F(MEMCG, unsigned long, lruvec_page_state,                                         \
	  (struct lruvec * lruvec, enum node_stat_item item), (lruvec, item))              \
	F(MEMCG, void, mem_cgroup_flush_stats, (struct mem_cgroup * memcg), (memcg))
#else
#define COMPAT_MEMCG_SYMBOLS(F)                                                    \
	F(MEMCG, unsigned long, node_page_state,                                   \
	  (struct pglist_data * node, enum node_stat_item item), (node, item))     \
	F(MEMCG, void, mem_cgroup_flush_stats, (void), ())
#endif

/* Flushes the statistics of @memcg.  CONTEXT: process, may sleep. */
static inline void compat_memcg_flush(struct mem_cgroup *memcg)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	mem_cgroup_flush_stats(memcg);
#else
	mem_cgroup_flush_stats();
#endif
}
#endif

#endif
