// SPDX-License-Identifier: GPL-2.0
/* Ranges of online System RAM, and a counter of their changes. */
#include <linux/atomic.h>
#include <linux/ioport.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include "damonxx/kapi.h"
#include "ops/kernel/ram.h"

struct listing {
	struct kapi_range *out;
	u32 count, max;
};

/* Returns 1 if the list is full, else 0. */
static int append(struct listing *list, u64 start, u64 end)
{
	if (list->count && list->out[list->count - 1].end == start) {
		list->out[list->count - 1].end = end;
		return 0;
	}
	if (list->count == list->max)
		return 1;
	list->out[list->count++] = (struct kapi_range){start, end};
	return 0;
}

/* Memory is onlined and offlined in whole sections. */
static int add_resource(struct resource *resource, void *argument)
{
	const u64 section = (u64)PAGES_PER_SECTION << PAGE_SHIFT;
	const u64 end = ALIGN_DOWN(resource->end + 1, PAGE_SIZE);
	u64 at = ALIGN(resource->start, PAGE_SIZE), next;

	for (; at < end; at = next) {
		next = min(end, ALIGN_DOWN(at, section) + section);
		if (pfn_to_online_page(PHYS_PFN(at)) && append(argument, at, next))
			return 1;
		cond_resched();
	}
	return 0;
}

u32 kapi_ram_ranges(u64 from, struct kapi_range *out, u32 max)
{
	struct listing list = {.out = out, .max = max};

	walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, from,
			    U64_MAX, &list, add_resource);
	return list.count;
}

static atomic64_t changes;

u64 kapi_ram_changes(void)
{
	return atomic64_read(&changes);
}

static int count_change(struct notifier_block *block, unsigned long event, void *argument)
{
	/* Invalidates caches of online PFNs, both before and after memory goes offline. */
	if (event == MEM_GOING_OFFLINE || event == MEM_OFFLINE || event == MEM_ONLINE)
		atomic64_inc(&changes);
	return NOTIFY_OK;
}

static struct notifier_block notifier = {.notifier_call = count_change};

int __init damonxx_ram_init(void)
{
	return register_memory_notifier(&notifier);
}

void damonxx_ram_exit(void)
{
	unregister_memory_notifier(&notifier);
}
