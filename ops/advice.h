/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DAMONXX_ADVICE_H
#define DAMONXX_ADVICE_H

#include <linux/mm_types.h>
#include "damonxx/kapi.h"

/* A part of @request, if it is advice about mappings, as kapi_mm_apply() has it. */
void damonxx_advise(struct mm_struct *mm, struct kapi_action_request *request);

#endif
