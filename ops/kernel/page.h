/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DAMONXX_PAGE_H
#define DAMONXX_PAGE_H

#include <linux/mm_types.h>
#include "damonxx/kapi.h"

/* Fills @page, which is zeroed, with the attributes of @folio; leaves it zeroed if @folio is
 * neither anonymous nor file memory.  CONTEXT: any; the caller holds a reference to @folio, or the
 * lock of a page table that maps it. */
void damonxx_describe_folio(struct folio *folio, struct kapi_page *page);
/* Returns the id of the memory cgroup that @folio is charged to, or 0.  CONTEXT: the same. */
u64 damonxx_folio_memcg(struct folio *folio);

#endif
