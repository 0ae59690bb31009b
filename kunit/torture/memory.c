// SPDX-License-Identifier: GPL-2.0
/* Makes allocations fail on demand. */
#include <linux/atomic.h>
#include "kunit/torture/real_functions.h"
#include "kunit/torture/world.h"

static atomic_t until_failure = ATOMIC_INIT(0);
static atomic64_t failed = ATOMIC64_INIT(0);

void damonxx_torture_fail_allocation(u32 k)
{
	atomic_set(&until_failure, k);
}

u64 damonxx_torture_failed_allocations(void)
{
	return atomic64_read(&failed);
}

void *kapi_alloc(unsigned long bytes)
{
	if (atomic_read(&until_failure) > 0 && atomic_dec_return(&until_failure) == 0) {
		atomic64_inc(&failed);
		return NULL;
	}
	return damonxx_real_alloc(bytes);
}
