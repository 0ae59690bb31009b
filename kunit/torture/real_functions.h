/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The real functions behind the wrappers of the torture test, under the names that the flags in
 * Kbuild give them in its module.
 */
#ifndef DAMONXX_TORTURE_REAL_FUNCTIONS_H
#define DAMONXX_TORTURE_REAL_FUNCTIONS_H

#include "damonxx/kapi.h"

void *damonxx_real_alloc(unsigned long bytes);
struct kapi_pid *damonxx_real_pid_get(int number);
void damonxx_real_pid_put(struct kapi_pid *pid);
struct kapi_mm *damonxx_real_mm_get(struct kapi_pid *pid);
void damonxx_real_mm_put(struct kapi_mm *mm);

#endif
