/* SPDX-License-Identifier: GPL-2.0 */
/* Recent migrations, by destination folio. */
#ifndef DAMONXX_MIGRATION_HISTORY_H
#define DAMONXX_MIGRATION_HISTORY_H

#include <linux/types.h>

struct folio;

/* Records a migration to @folio.  Does nothing before kapi_record_migrations().  CONTEXT: any. */
void damonxx_record_migration(struct folio *folio);
/* Whether a migration to @folio is recorded for the last @rest_ms milliseconds.  CONTEXT: any. */
bool damonxx_migrated_lately(struct folio *folio, u32 rest_ms);
void damonxx_migration_history_exit(void);

#endif
