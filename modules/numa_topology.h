/* SPDX-License-Identifier: GPL-2.0 */
/* The NUMA nodes, for damonxx_tier.  Read by both languages. */
#ifndef DAMONXX_NUMA_TOPOLOGY_H
#define DAMONXX_NUMA_TOPOLOGY_H

#include "damonxx/damonxx.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Those with higher places in the order of their numbers are left out. */
#define DAMONXX_MAX_NODES 16

struct damonxx_node {
	s32 nid;
	bool has_memory; /* on line */
	bool has_cpu;
	/* As the kernel has it of HMAT or of the memory's driver: the larger the slower; 0: it does
	 * not say, or does not tell modules. */
	u32 abstract_distance;
	u64 total_bytes;
	u64 kept_bytes;			 /* free ones that migrations leave to others */
	u32 distance[DAMONXX_MAX_NODES]; /* to the others, as firmware has it */
};

struct damonxx_numa_topology {
	u32 nr_nodes;
	struct damonxx_node nodes[DAMONXX_MAX_NODES]; /* on line, by number */
};

/* As it is now.  CONTEXT: process, may sleep. */
void damonxx_numa_topology_read(struct damonxx_numa_topology *topology);
/*
 * Where @nid's memory is that is on line: up to @max sorted ranges, and how many they are.  If
 * there are more, the last one covers the rest, with what lies in between.  CONTEXT: process, may
 * sleep.
 */
u32 damonxx_node_ranges(s32 nid, struct damonxx_range *out, u32 max);

#ifdef __cplusplus
}
#endif
#endif
