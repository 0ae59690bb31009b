// SPDX-License-Identifier: GPL-2.0
/* Usage of memory, of the system and of its nodes. */
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/nodemask.h>
#include <linux/vmstat.h>
#include "damonxx/kapi.h"

static void add_zone(const struct zone *zone, struct kapi_memory *memory)
{
	memory->total_bytes += (u64)zone_managed_pages((struct zone *)zone) << PAGE_SHIFT;
	memory->free_bytes += (u64)zone_page_state((struct zone *)zone, NR_FREE_PAGES)
			      << PAGE_SHIFT;
}

/* SAFETY: a node's pg_data_t stays when its memory is offlined. */
int kapi_memory_of(s32 node, struct kapi_memory *memory)
{
	int type;

	*memory = (struct kapi_memory){};
	if (node == -1) {
		memory->total_bytes = (u64)totalram_pages() << PAGE_SHIFT;
		memory->free_bytes = (u64)global_zone_page_state(NR_FREE_PAGES) << PAGE_SHIFT;
		return 0;
	}
	if (node < 0 || node >= MAX_NUMNODES || !node_state(node, N_MEMORY))
		return -ENOENT;
	for (type = 0; type < MAX_NR_ZONES; type++)
		add_zone(&NODE_DATA(node)->node_zones[type], memory);
	return 0;
}

static u64 node_bytes(enum node_stat_item item)
{
	return (u64)global_node_page_state(item) << PAGE_SHIFT;
}

void kapi_lru_bytes(u64 *active, u64 *inactive)
{
	*active = node_bytes(NR_ACTIVE_ANON) + node_bytes(NR_ACTIVE_FILE);
	*inactive = node_bytes(NR_INACTIVE_ANON) + node_bytes(NR_INACTIVE_FILE);
}

u64 kapi_huge_page_bytes(void)
{
	return PMD_SIZE;
}

/* The counters of huge pages, too, are in base pages. */
u64 kapi_hugepage_bytes(void)
{
	return node_bytes(NR_ANON_THPS) + node_bytes(NR_SHMEM_THPS) + node_bytes(NR_FILE_THPS);
}
