/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DAMONXX_ISOLATE_H
#define DAMONXX_ISOLATE_H

#include <linux/list.h>
#include "ops/kernel/action_batch.h"

/* Isolated folios, counted in NR_ISOLATED_ANON and NR_ISOLATED_FILE. */
struct isolated {
	struct list_head folios;
	int node;	  /* of all of them in the batch */
	long nr_pages[2]; /* anonymous, file */
};

/*
 * Removes the first folio from @batch, and all that have the same node in it, and isolates them.
 * Folios that cannot be isolated are released.
 * CONTEXT: process; the batch is not empty.
 */
void damonxx_isolate_some(struct action_batch *batch, struct isolated *isolated);

#endif
