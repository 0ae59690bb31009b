// SPDX-License-Identifier: GPL-2.0
/* ops/kernel/migration_history.c itself, with a kernel around it that is just enough. */
#define kapi_record_migrations host_record_migrations
#include "ops/kernel/migration_history.c"
#include "selftests/host/migration_history.h"

uint64_t host_jiffies;
const unsigned long host_history_entries = NR_PLACES;
const unsigned int host_history_tick_ms = TICK_MS;

void host_forget_migrations(void)
{
	damonxx_migration_history_exit();
	history = NULL;
}
