/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's own functions that the torture stands in front of, under the names that the
 * flags in Kbuild give them there.
 */
#ifndef DAMONXX_TORTURE_BEHIND_H
#define DAMONXX_TORTURE_BEHIND_H

#include "damonxx/kapi.h"

void *damonxx_behind_alloc(unsigned long bytes);
struct kapi_pid *damonxx_behind_pid_get(int number);
void damonxx_behind_pid_put(struct kapi_pid *pid);
struct kapi_mm *damonxx_behind_mm_get(struct kapi_pid *pid);
void damonxx_behind_mm_put(struct kapi_mm *mm);

#endif
