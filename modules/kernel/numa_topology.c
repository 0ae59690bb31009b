// SPDX-License-Identifier: GPL-2.0
/* NUMA nodes: their speed, their distances, and the ranges of their memory. */
#include <linux/ioport.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/topology.h>
#include <linux/vmstat.h>
#include "damonxx/compat/tiers.h"
#include "modules/numa_topology.h"

/* Free pages that migration leaves: in zones it migrates to, the high watermark and the lowmem
 * reserve; in other zones all. */
static u64 kept_pages(struct zone *zone)
{
	if (!populated_zone(zone))
		return 0;
	switch (zone_idx(zone)) {
	case ZONE_MOVABLE:
	case ZONE_NORMAL:
#ifdef CONFIG_ZONE_DMA32
	case ZONE_DMA32:
#endif
		return high_wmark_pages(zone) + zone->lowmem_reserve[ZONE_MOVABLE];
	default:
		return zone_page_state(zone, NR_FREE_PAGES);
	}
}

/* SAFETY: a node's pg_data_t stays when its memory is offlined. */
static void read_memory(struct damonxx_node *node)
{
	int type;

	for (type = 0; type < MAX_NR_ZONES; type++) {
		struct zone *zone = &NODE_DATA(node->nid)->node_zones[type];

		node->total_bytes += (u64)zone_managed_pages(zone) << PAGE_SHIFT;
		node->kept_bytes += kept_pages(zone) << PAGE_SHIFT;
	}
}

void damonxx_numa_topology_read(struct damonxx_numa_topology *topology)
{
	u32 i, k;
	int nid;

	memset(topology, 0, sizeof(*topology));
	for_each_online_node(nid)
	{
		struct damonxx_node *node = &topology->nodes[topology->nr_nodes];

		if (topology->nr_nodes == DAMONXX_MAX_NODES)
			break;
		topology->nr_nodes++;
		node->nid = nid;
		node->has_cpu = node_state(nid, N_CPU);
		node->has_memory = node_state(nid, N_MEMORY);
		if (!node->has_memory)
			continue;
		node->abstract_distance = max(compat_abstract_distance(nid), 0);
		read_memory(node);
	}
	for (i = 0; i < topology->nr_nodes; i++)
		for (k = 0; k < topology->nr_nodes; k++)
			topology->nodes[i].distance[k] =
				node_distance(topology->nodes[i].nid, topology->nodes[k].nid);
}

struct search {
	s32 nid;
	struct damonxx_range *out;
	u32 count, max;
};

static void append(struct search *search, u64 start, u64 end)
{
	struct damonxx_range *last = search->count ? &search->out[search->count - 1] : NULL;

	if (last && (last->end == start || search->count == search->max))
		last->end = end;
	else
		search->out[search->count++] = (struct damonxx_range){start, end};
}

/* The boundary of two nodes may be inside a section. */
static void add_mixed(struct search *search, u64 start, u64 end)
{
	u64 at;

	for (at = start; at < end; at += PAGE_SIZE)
		if (pfn_to_nid(PHYS_PFN(at)) == search->nid)
			append(search, at, at + PAGE_SIZE);
}

/* Memory is onlined and offlined in whole sections. */
static int add_resource(struct resource *resource, void *argument)
{
	const u64 section = (u64)PAGES_PER_SECTION << PAGE_SHIFT;
	const u64 end = ALIGN_DOWN(resource->end + 1, PAGE_SIZE);
	struct search *search = argument;
	u64 at = ALIGN(resource->start, PAGE_SIZE), next;

	for (; at < end; at = next) {
		int first, last;

		next = min(end, ALIGN_DOWN(at, section) + section);
		cond_resched();
		if (!pfn_to_online_page(PHYS_PFN(at)))
			continue;
		first = pfn_to_nid(PHYS_PFN(at));
		last = pfn_to_nid(PHYS_PFN(next - PAGE_SIZE));
		if (first != last)
			add_mixed(search, at, next);
		else if (first == search->nid)
			append(search, at, next);
	}
	return 0;
}

u32 damonxx_node_ranges(s32 nid, struct damonxx_range *out, u32 max)
{
	struct search search = {.nid = nid, .out = out, .max = max};

	if (max)
		walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0,
				    U64_MAX, &search, add_resource);
	return search.count;
}
