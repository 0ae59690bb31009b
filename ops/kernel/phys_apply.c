// SPDX-License-Identifier: GPL-2.0
/* Actions on physical memory, folio by folio. */
#include <linux/mm.h>
#include <linux/nodemask.h>
#include "ops/kernel/pfn.h"
#include "ops/kernel/action_batch.h"

/* Most PFNs or folios to check per call, if few of them enter the batch. */
#define MAX_LOOKS 4096U

/* Adds the folio at @pfn to @batch; returns the next PFN. */
static unsigned long look(struct action_batch *batch, struct online *online, unsigned long pfn)
{
	u8 outcome;
	struct folio *folio = get_folio(online, pfn, &outcome);
	unsigned long next;

	if (!folio)
		return pfn + 1;
	/* @pfn may be in the middle of the folio. */
	next = folio_pfn(folio) + folio_nr_pages(folio);
	if (batch_has(batch, folio))
		folio_put(folio);
	else
		batch_add(batch, folio, batch->request->target_node);
	return next;
}

void kapi_phys_apply(struct kapi_action_request *request)
{
	unsigned long pfn = PHYS_PFN(request->start), end = PFN_UP(request->end);
	struct action_batch batch = {.request = request};
	struct online online = {};
	unsigned int looks;

	for (looks = 0; pfn < end && looks < MAX_LOOKS && !batch_is_full(&batch); looks++)
		pfn = look(&batch, &online, pfn);
	request->start = min(request->end, PFN_PHYS(pfn));
	damonxx_batch_apply(&batch);
}
