// SPDX-License-Identifier: GPL-2.0
/* Memory pressure stalls (PSI). */
#include <linux/workqueue.h> /* first: a header below needs it and does not include it */
#include <linux/jump_label.h>
#include <linux/math64.h>
#include <linux/psi.h>
#include <linux/time64.h>
#include "damonxx/kapi.h"

#ifdef CONFIG_PSI

/*
 * The total behind the averages of PSI, which the kernel updates every two seconds while tasks are
 * active.  SAFETY: the counter only grows and is read as one word.
 */
int kapi_psi_some_memory_us(u64 *total_us)
{
	if (!kapi_has_feature(KAPI_FEATURE_PSI) || static_key_enabled(&psi_disabled))
		return -EOPNOTSUPP;
	*total_us = div_u64(READ_ONCE(psi_system.total[PSI_AVGS][PSI_MEM * 2]), NSEC_PER_USEC);
	return 0;
}

#else

int kapi_psi_some_memory_us(u64 *total_us)
{
	return -EOPNOTSUPP;
}

#endif
