/* SPDX-License-Identifier: GPL-2.0 */
/* Memory tiers: what differs between kernel versions. */
#ifndef DAMONXX_COMPAT_TIERS_H
#define DAMONXX_COMPAT_TIERS_H

#include <linux/memory-tiers.h>
#include <linux/version.h>

/* The abstract distance of the memory of node @nid; 0: unknown. */
static inline int compat_abstract_distance(int nid)
{
	int distance = 0;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0) && defined(CONFIG_NUMA)
	mt_calc_adistance(nid, &distance);
#endif
	return distance;
}

#endif
