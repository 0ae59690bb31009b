/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DAMONXX_FOLIO_FILTER_H
#define DAMONXX_FOLIO_FILTER_H

#include <linux/mm_types.h>
#include "damonxx/kapi.h"

/* Whether the filters of @request let its action have @folio.  CONTEXT: process, may sleep; a
 * reference is held, and it was seen on an LRU list. */
bool damonxx_folio_passes(const struct kapi_action_request *request, struct folio *folio);

/* Makes @folio old; true if it had been accessed since the last time.  CONTEXT: the same. */
bool damonxx_folio_age(struct folio *folio);

#endif
