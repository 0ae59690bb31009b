/* SPDX-License-Identifier: GPL-2.0 */
/* Migration: what differs between kernel versions. */
#ifndef DAMONXX_COMPAT_MIGRATE_H
#define DAMONXX_COMPAT_MIGRATE_H

#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/version.h>

/* Defines @name, the callback of migrate_pages() that allocates the target, by @make(folio, to),
 * which returns the target folio or NULL. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define COMPAT_MIGRATION_TARGET(name, make)                               \
	static struct folio *name(struct folio *folio, unsigned long to)  \
	{                                                                 \
		return make(folio, to);                                   \
	}
#define COMPAT_NEW_FOLIO new_folio_t
#define COMPAT_FREE_FOLIO free_folio_t
#else
#define COMPAT_MIGRATION_TARGET(name, make)                               \
	static struct page *name(struct page *page, unsigned long to)     \
	{                                                                 \
		struct folio *target = make(page_folio(page), to);        \
                                                                          \
		return target ? &target->page : NULL;                     \
	}
#define COMPAT_NEW_FOLIO new_page_t
#define COMPAT_FREE_FOLIO free_page_t
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define COMPAT_MIGRATE_REASON MR_DAMON
#else
#define COMPAT_MIGRATE_REASON MR_SYSCALL
#endif

#endif
