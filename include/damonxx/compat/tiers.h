/* SPDX-License-Identifier: GPL-2.0 */
/* How slow memory is: what differs between kernel versions. */
#ifndef DAMONXX_COMPAT_TIERS_H
#define DAMONXX_COMPAT_TIERS_H

#include <linux/memory-tiers.h>
#include <linux/version.h>

/* The abstract distance of a node's memory, or 0 if nobody knows it. */
static inline int compat_abstract_distance(int nid)
{
	int distance = 0;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0) && defined(CONFIG_NUMA)
	mt_calc_adistance(nid, &distance);
#endif
	return distance;
}

#endif
