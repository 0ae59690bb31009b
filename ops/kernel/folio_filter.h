/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DAMONXX_FOLIO_FILTER_H
#define DAMONXX_FOLIO_FILTER_H

#include <linux/mm_types.h>
#include "damonxx/kapi.h"

/* Whether @folio passes the filters of @request.  CONTEXT: process, may sleep; the caller holds a
 * reference to @folio and has seen it on an LRU list. */
bool damonxx_folio_passes(const struct kapi_action_request *request, struct folio *folio);

/* Makes @folio old; returns whether it was accessed since the last call.  CONTEXT: the same. */
bool damonxx_folio_age(struct folio *folio);

#endif
