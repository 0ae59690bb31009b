// SPDX-License-Identifier: GPL-2.0
/*
 * wss: the working set of a process, which is the memory that it has accessed in the last 100 ms.
 *
 *	insmod wss.ko pid=4711
 *	cat /sys/module/wss/parameters/bytes
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sysfs.h>
#include "damonxx/damonxx.h"

static int pid;
module_param(pid, int, 0400);
MODULE_PARM_DESC(pid, "The process to watch");

static struct damonxx_context *context;

/* CONTEXT: the kernel's lock on parameters is held. */
static int get_bytes(char *page, const struct kernel_param *param)
{
	const struct damonxx_snapshot_region *regions;
	struct damonxx_snapshot *snapshot;
	u64 bytes = 0;
	int error;
	u32 i;

	if (!context)
		return -ENODEV;
	error = damonxx_context_take_snapshot(context, &snapshot);
	if (error)
		return error;
	regions = damonxx_snapshot_regions(snapshot);
	for (i = 0; i < snapshot->nr_regions; i++)
		if (regions[i].nr_accesses)
			bytes += regions[i].end - regions[i].start;
	damonxx_snapshot_free(snapshot);
	return sysfs_emit(page, "%llu\n", bytes);
}

static const struct kernel_param_ops bytes_ops = {.get = get_bytes};
module_param_cb(bytes, &bytes_ops, NULL, 0400);
MODULE_PARM_DESC(bytes, "Its working set");

static int start(struct damonxx_reason *reason)
{
	struct damonxx_target target = {.pid = pid};
	struct damonxx_settings settings;
	struct damonxx_context *fresh;
	int error;

	damonxx_settings_init(&settings);
	settings.targets = &target;
	settings.nr_targets = 1;
	error = damonxx_context_create(&fresh, &settings, reason);
	if (error)
		return error;
	error = damonxx_context_start(fresh, "wss");
	if (error) {
		damonxx_context_destroy(fresh);
		return error;
	}
	kernel_param_lock(THIS_MODULE);
	context = fresh;
	kernel_param_unlock(THIS_MODULE);
	return 0;
}

static int __init wss_init(void)
{
	struct damonxx_reason reason = {};
	int error = start(&reason);

	if (error)
		pr_err("wss: %s (%d)\n", reason.text, error);
	return error;
}

static void __exit wss_exit(void)
{
	kernel_param_lock(THIS_MODULE);
	damonxx_context_destroy(context);
	context = NULL;
	kernel_param_unlock(THIS_MODULE);
}

module_init(wss_init);
module_exit(wss_exit);
MODULE_DESCRIPTION("Working set size of a process");
MODULE_LICENSE("GPL");
