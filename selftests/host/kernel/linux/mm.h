// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <stdlib.h>
#include <linux/types.h>
#include "selftests/host/migration_history.h"

#define U16_MAX 0xffffu
#define GFP_KERNEL 0
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value) __atomic_store_n(&(x), value, __ATOMIC_RELAXED)
#define smp_load_acquire(x) __atomic_load_n(x, __ATOMIC_ACQUIRE)
#define smp_store_release(x, value) __atomic_store_n(x, value, __ATOMIC_RELEASE)

static inline unsigned long folio_pfn(const struct folio *folio) { return folio->pfn; }
static inline void *kvcalloc(unsigned long n, unsigned long size, int gfp) { return gfp ? NULL : calloc(n, size); }
static inline void kvfree(void *memory) { free(memory); }
