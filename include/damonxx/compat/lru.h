/* SPDX-License-Identifier: GPL-2.0 */
/* LRU lists: functions private to the kernel's mm/, and what differs between kernel versions. */
#ifndef DAMONXX_COMPAT_LRU_H
#define DAMONXX_COMPAT_LRU_H

#include <linux/list.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/swap.h>
#include <linux/version.h>

unsigned long reclaim_pages(struct list_head *folios);
void folio_putback_lru(struct folio *folio);
void folio_activate(struct folio *folio);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define COMPAT_ISOLATED bool
#define COMPAT_IS_ISOLATED(result) (result)
#else
#define COMPAT_ISOLATED int
#define COMPAT_IS_ISOLATED(result) (!(result))
#endif
COMPAT_ISOLATED folio_isolate_lru(struct folio *folio);

/* Takes @folio off its LRU list.  True: it was isolated, with one more reference held. */
static inline bool compat_isolate(struct folio *folio)
{
	return COMPAT_IS_ISOLATED(folio_isolate_lru(folio));
}

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define COMPAT_DEACTIVATE_SYMBOL(F) F(LRU, void, folio_deactivate, (struct folio * folio), (folio))
#else
#define COMPAT_DEACTIVATE_SYMBOL(F) F(LRU, void, deactivate_page, (struct page * page), (page))
#endif

static inline void compat_deactivate(struct folio *folio)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
	folio_deactivate(folio);
#else
	deactivate_page(&folio->page);
#endif
}

/* Whether more than one process probably maps @folio. */
static inline bool compat_mapped_shared(struct folio *folio)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
	return folio_likely_mapped_shared(folio);
#else
	return page_mapcount(&folio->page) > 1;
#endif
}

/* Before 6.9 reclaim_pages() does not reclaim folios whose accessed bits are set. */
#define COMPAT_RECLAIM_SPARES_YOUNG (LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0))

#endif
