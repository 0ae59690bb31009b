// SPDX-License-Identifier: GPL-2.0
/*
 * A table of fixed size, indexed by the low bits of a folio's first PFN: folios 2 GiB apart share
 * an entry, which has the later migration.  Times wrap around after 4 hours, so an entry of that
 * age can look recent again.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include "damonxx/kapi.h"
#include "ops/kernel/migration_history.h"

#define PLACE_BITS 19U
#define NR_PLACES (1UL << PLACE_BITS)
#define TICK_MS 250U

/* High half: the high bits of the PFN; low half: the time of the migration; 0: no migration. */
static u32 *history;
static DEFINE_MUTEX(making);

static u16 now(void)
{
	return (u16)div_u64(get_jiffies_64(), msecs_to_jiffies(TICK_MS)) | 1;
}

static u32 tag_of(unsigned long pfn)
{
	return (u32)(pfn >> PLACE_BITS) << 16;
}

int kapi_record_migrations(void)
{
	u32 *table;
	int error = 0;

	mutex_lock(&making);
	if (!history) {
		table = kvcalloc(NR_PLACES, sizeof(*table), GFP_KERNEL);
		if (table)
			smp_store_release(&history, table);
		else
			error = -ENOMEM;
	}
	mutex_unlock(&making);
	return error;
}

/* SAFETY, here and below: an entry is read and written as one word, and the table stays until the
 * module exits. */
void damonxx_record_migration(struct folio *folio)
{
	u32 *table = smp_load_acquire(&history);
	unsigned long pfn = folio_pfn(folio);

	if (table)
		WRITE_ONCE(table[pfn % NR_PLACES], tag_of(pfn) | now());
}

bool damonxx_migrated_lately(struct folio *folio, u32 rest_ms)
{
	u32 *table = smp_load_acquire(&history);
	unsigned long pfn = folio_pfn(folio);
	u32 entry;

	if (!table || !rest_ms)
		return false;
	entry = READ_ONCE(table[pfn % NR_PLACES]);
	if (!entry || (entry & ~(u32)U16_MAX) != tag_of(pfn))
		return false;
	/* One more tick, as both times are rounded. */
	return (u16)(now() - (u16)entry) <= rest_ms / TICK_MS + 1;
}

void damonxx_migration_history_exit(void)
{
	kvfree(history);
}
