/* SPDX-License-Identifier: GPL-2.0 */
/* What is done to the folios of a batch: each returns the bytes that it was done to, and takes over all
 * references.  CONTEXT: process, may sleep; no lock held. */
#ifndef DAMONXX_FOLIO_ACTIONS_H
#define DAMONXX_FOLIO_ACTIONS_H

#include "ops/action_batch.h"

/* Reclaims, without moving anything to another node. */
u64 damonxx_reclaim(struct action_batch *batch);
/* Moves each to the node noted for it. */
u64 damonxx_migrate(struct action_batch *batch);
/* Activates, deactivates, or makes cold. */
u64 damonxx_move_in_lru(struct action_batch *batch);

#endif
