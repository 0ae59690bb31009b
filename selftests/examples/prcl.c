// SPDX-License-Identifier: GPL-2.0
/*
 * prcl: pages out what a process has not accessed for a time, 64 MiB in a second at the most.
 *
 *	insmod prcl.ko pid=4711 idle_ms=30000
 *	cat /sys/module/prcl/parameters/reclaimed_bytes
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/sysfs.h>
#include "damonxx/damonxx.h"

static int pid;
module_param(pid, int, 0400);
MODULE_PARM_DESC(pid, "The process");
static uint idle_ms = 30000;
module_param(idle_ms, uint, 0400);
MODULE_PARM_DESC(idle_ms, "For how long memory must have been idle (default 30000)");

static struct damonxx_context *context;

/* CONTEXT: the kernel's lock on parameters is held. */
static int get_reclaimed_bytes(char *page, const struct kernel_param *param)
{
	struct damonxx_scheme_stats stats;
	int count;

	if (!context)
		return -ENODEV;
	count = damonxx_context_read_schemes(context, &stats, 1);
	return count < 0 ? count : sysfs_emit(page, "%llu\n", stats.sz_applied);
}

static const struct kernel_param_ops reclaimed_bytes_ops = {.get = get_reclaimed_bytes};
module_param_cb(reclaimed_bytes, &reclaimed_bytes_ops, NULL, 0400);
MODULE_PARM_DESC(reclaimed_bytes, "How much was paged out so far");

static int start(struct damonxx_reason *reason)
{
	struct damonxx_target target = {.pid = pid};
	struct damonxx_settings settings;
	struct damonxx_scheme scheme;
	struct damonxx_context *fresh;
	int error;

	damonxx_settings_init(&settings);
	damonxx_scheme_init(&scheme, DAMONXX_PAGEOUT);
	scheme.max_nr_accesses = 0;
	scheme.min_age = idle_ms / (settings.aggr_us / 1000);
	scheme.quota.size = SZ_64M;
	scheme.quota.reset_interval_ms = 1000;
	settings.targets = &target;
	settings.nr_targets = 1;
	settings.schemes = &scheme;
	settings.nr_schemes = 1;
	error = damonxx_context_create(&fresh, &settings, reason);
	if (error)
		return error;
	error = damonxx_context_start(fresh, "prcl");
	if (error) {
		damonxx_context_destroy(fresh);
		return error;
	}
	kernel_param_lock(THIS_MODULE);
	context = fresh;
	kernel_param_unlock(THIS_MODULE);
	return 0;
}

static int __init prcl_init(void)
{
	struct damonxx_reason reason = {};
	int error = start(&reason);

	if (error)
		pr_err("prcl: %s (%d)\n", reason.text, error);
	return error;
}

static void __exit prcl_exit(void)
{
	kernel_param_lock(THIS_MODULE);
	damonxx_context_destroy(context);
	context = NULL;
	kernel_param_unlock(THIS_MODULE);
}

module_init(prcl_init);
module_exit(prcl_exit);
MODULE_DESCRIPTION("Proactive reclaim of a process");
MODULE_LICENSE("GPL");
