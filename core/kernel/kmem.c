// SPDX-License-Identifier: GPL-2.0
/* Memory for the C++ core: zeroed, counted, and without warnings if allocation fails. */
#include <linux/atomic.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "damonxx/kapi.h"

/* Reclaims, but neither warns nor calls the OOM killer. */
#define QUIET (GFP_KERNEL | __GFP_NOWARN | __GFP_RETRY_MAYFAIL | __GFP_ZERO)

static atomic64_t live = ATOMIC64_INIT(0);

/*
 * kvmalloc() does not fit: with __GFP_RETRY_MAYFAIL it reclaims hard for contiguous pages
 * before it turns to vmalloc, without that flag vmalloc may call the OOM killer.
 */
static void *allocate(unsigned long bytes)
{
	void *memory;

	if (bytes <= PAGE_SIZE)
		return kmalloc(bytes, QUIET);
	if (bytes <= KMALLOC_MAX_SIZE) {
		memory = kmalloc(bytes, GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY | __GFP_ZERO);
		if (memory)
			return memory;
	}
	/* Cannot succeed; and near ULONG_MAX, rounding up to pages would overflow. */
	if (bytes >> PAGE_SHIFT >= totalram_pages())
		return NULL;
	return __vmalloc(bytes, QUIET);
}

void *kapi_alloc(unsigned long bytes)
{
	void *memory = allocate(bytes);

	if (memory)
		atomic64_inc(&live);
	return memory;
}

void kapi_free(void *memory)
{
	if (!memory)
		return;
	kvfree(memory);
	atomic64_dec(&live);
}

u64 kapi_alloc_live(void)
{
	return atomic64_read(&live);
}
