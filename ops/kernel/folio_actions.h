/* SPDX-License-Identifier: GPL-2.0 */
/* Actions on the folios of a batch.  Each returns the number of bytes that it was applied to, and
 * drops all references; the batch is empty then.  CONTEXT: process, may sleep; no lock held. */
#ifndef DAMONXX_FOLIO_ACTIONS_H
#define DAMONXX_FOLIO_ACTIONS_H

#include "ops/kernel/action_batch.h"

/* pageout: reclaims, never demotes. */
u64 damonxx_reclaim(struct action_batch *batch);
/* Migrates each folio to its node in @batch. */
u64 damonxx_migrate(struct action_batch *batch);
/* lru_prio, lru_deprio or cold. */
u64 damonxx_move_in_lru(struct action_batch *batch);

#endif
