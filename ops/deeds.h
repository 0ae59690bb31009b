/* SPDX-License-Identifier: GPL-2.0 */
/* What is done to folios in hand: each returns the bytes that it was done to, and takes over all
 * references.  CONTEXT: process, may sleep; no lock held. */
#ifndef DAMONXX_DEEDS_H
#define DAMONXX_DEEDS_H

#include "ops/handful.h"

/* Reclaims, without moving anything to another node. */
u64 damonxx_reclaim(struct handful *hand);
/* Moves each to the node noted for it. */
u64 damonxx_migrate(struct handful *hand);
/* Activates, deactivates, or makes cold. */
u64 damonxx_move_in_lru(struct handful *hand);

#endif
