/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DAMONXX_ISOLATE_H
#define DAMONXX_ISOLATE_H

#include <linux/list.h>
#include "ops/action_batch.h"

/* Folios that are on no LRU list for now, and in the kernel's count of such. */
struct isolated {
	struct list_head folios;
	int node;	  /* that was noted for each */
	long nr_pages[2]; /* anonymous, files' */
};

/*
 * Takes the first folio of @batch, and all others for which the same node was noted, out of there
 * and off their lists; those that are in somebody else's hands are let go.
 * CONTEXT: process; the batch is not empty.
 */
void damonxx_isolate_some(struct action_batch *batch, struct isolated *isolated);

#endif
