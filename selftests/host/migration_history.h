/* SPDX-License-Identifier: GPL-2.0 */
/* What ops/kernel/migration_history.c needs of the kernel, and what its test needs of it.  Read by both languages. */
#ifndef HOST_MIGRATION_HISTORY_H
#define HOST_MIGRATION_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HOST_HZ 250

struct folio {
	unsigned long pfn;
};

/* The clock, which the test sets. */
extern uint64_t host_jiffies;

/* kapi_record_migrations() of the file; the host's own has its name for all other tests. */
int host_record_migrations(void);
void host_forget_migrations(void);
void damonxx_record_migration(struct folio *folio);
bool damonxx_migrated_lately(struct folio *folio, uint32_t rest_ms);

/* Its constants. */
extern const unsigned long host_history_entries;
extern const unsigned int host_history_tick_ms;

#ifdef __cplusplus
}
#endif
#endif
