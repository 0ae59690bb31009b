// SPDX-License-Identifier: GPL-2.0
/* Counts references to processes. */
#include <linux/atomic.h>
#include "kunit/torture/real_functions.h"
#include "kunit/torture/world.h"

static atomic64_t references = ATOMIC64_INIT(0);

u64 damonxx_torture_references(void)
{
	return atomic64_read(&references);
}

struct kapi_pid *kapi_pid_get(int number)
{
	struct kapi_pid *pid = damonxx_real_pid_get(number);

	if (pid)
		atomic64_inc(&references);
	return pid;
}

void kapi_pid_put(struct kapi_pid *pid)
{
	atomic64_dec(&references);
	damonxx_real_pid_put(pid);
}

struct kapi_mm *kapi_mm_get(struct kapi_pid *pid)
{
	struct kapi_mm *mm = damonxx_real_mm_get(pid);

	if (mm)
		atomic64_inc(&references);
	return mm;
}

void kapi_mm_put(struct kapi_mm *mm)
{
	atomic64_dec(&references);
	damonxx_real_mm_put(mm);
}
