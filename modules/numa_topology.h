/* SPDX-License-Identifier: GPL-2.0 */
/* The NUMA nodes, for damonxx_tier.  Read by both languages. */
#ifndef DAMONXX_NUMA_TOPOLOGY_H
#define DAMONXX_NUMA_TOPOLOGY_H

#include "damonxx/damonxx.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Further online nodes, in the order of their IDs, are left out. */
#define DAMONXX_MAX_NODES 16

struct damonxx_node {
	s32 nid;
	bool has_memory; /* online memory */
	bool has_cpu;
	/* From the kernel, by HMAT or by the driver of the memory: the larger the slower; 0: not
	 * known, or not available to modules. */
	u32 abstract_distance;
	u64 total_bytes;
	u64 kept_bytes;			 /* free memory that migrations leave free */
	u32 distance[DAMONXX_MAX_NODES]; /* to each node, from firmware */
};

struct damonxx_numa_topology {
	u32 nr_nodes;
	struct damonxx_node nodes[DAMONXX_MAX_NODES]; /* online ones, by node ID */
};

/* Reads the current topology.  CONTEXT: process, may sleep. */
void damonxx_numa_topology_read(struct damonxx_numa_topology *topology);
/*
 * Fills @out with up to @max ranges of the online memory of @nid, in address order, and returns
 * their number.  If there are more, the last one covers the rest, holes included.  CONTEXT:
 * process, may sleep.
 */
u32 damonxx_node_ranges(s32 nid, struct damonxx_range *out, u32 max);

#ifdef __cplusplus
}
#endif
#endif
