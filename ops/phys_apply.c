// SPDX-License-Identifier: GPL-2.0
/* Actions on physical memory, folio by folio, whoever maps them. */
#include <linux/mm.h>
#include <linux/nodemask.h>
#include "ops/frames.h"
#include "ops/handful.h"

/* What one call looks at where there is little to be found. */
#define MAX_LOOKS 4096U

/* Takes what is at @frame; returns the frame to go on with. */
static unsigned long look(struct handful *hand, struct online *online, unsigned long frame)
{
	u8 outcome;
	struct folio *folio = get_folio(online, frame, &outcome);
	unsigned long next;

	if (!folio)
		return frame + 1;
	/* Not from @frame on: that may be in its middle. */
	next = folio_pfn(folio) + folio_nr_pages(folio);
	if (hand_knows(hand, folio))
		folio_put(folio);
	else
		hand_take(hand, folio, hand->deed->target_node);
	return next;
}

void kapi_phys_apply(struct kapi_deed *deed)
{
	unsigned long frame = PHYS_PFN(deed->start), end = PFN_UP(deed->end);
	struct handful hand = {.deed = deed};
	struct online online = {};
	unsigned int looks;

	for (looks = 0; frame < end && looks < MAX_LOOKS && !hand_is_full(&hand); looks++)
		frame = look(&hand, &online, frame);
	deed->start = min(deed->end, PFN_PHYS(frame));
	damonxx_hand_apply(&hand);
}
