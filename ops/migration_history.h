/* SPDX-License-Identifier: GPL-2.0 */
/* What migrations have brought to where it is, for some time. */
#ifndef DAMONXX_MIGRATION_HISTORY_H
#define DAMONXX_MIGRATION_HISTORY_H

#include <linux/types.h>

struct folio;

/* Notes that @folio is the new place of something; nothing happens if nobody wants to know. */
void damonxx_record_migration(struct folio *folio);
/* Whether something came to @folio in the last @rest_ms, as far as is remembered. */
bool damonxx_migrated_lately(struct folio *folio, u32 rest_ms);
void damonxx_migration_history_exit(void);

#endif
