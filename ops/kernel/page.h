/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DAMONXX_PAGE_H
#define DAMONXX_PAGE_H

#include <linux/mm_types.h>
#include "damonxx/kapi.h"

/* CONTEXT: any; @folio stays what it is: a reference is held, or it is mapped and the lock of a
 * page table that maps it is held. */
void damonxx_describe_folio(struct folio *folio, struct kapi_page *page);
/* The id of the memory cgroup that it is charged to, or 0.  CONTEXT: the same. */
u64 damonxx_folio_memcg(struct folio *folio);

#endif
