/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DAMONXX_ADVICE_H
#define DAMONXX_ADVICE_H

#include <linux/mm_types.h>
#include "damonxx/kapi.h"

/* Does a part of @request, whose action applies to whole mappings, as kapi_mm_apply() does.
 * CONTEXT: process, may sleep; takes the mmap lock. */
void damonxx_advise(struct mm_struct *mm, struct kapi_action_request *request);

#endif
