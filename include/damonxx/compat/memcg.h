/* SPDX-License-Identifier: GPL-2.0 */
/* Memory cgroups: what differs between kernel versions. */
#ifndef DAMONXX_COMPAT_MEMCG_H
#define DAMONXX_COMPAT_MEMCG_H

#include <linux/memcontrol.h>
#include <linux/version.h>

/* What @folio is charged to, or NULL; valid as long as RCU is held. */
static inline struct mem_cgroup *compat_folio_memcg(struct folio *folio)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
	return folio_memcg_check(folio);
#else
	return page_memcg_check(&folio->page);
#endif
}

#endif
