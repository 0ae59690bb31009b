// SPDX-License-Identifier: GPL-2.0
/* Module init and exit. */
#define pr_fmt(fmt) "damonxx: " fmt
#include <linux/init.h>
#include <linux/module.h>
#include <linux/printk.h>
#include "damonxx/abi.h"
#include "damonxx/kapi.h"
#include "damonxx/version.h"
#include "ops/kernel/migration_history.h"
#include "ops/kernel/ram.h"
#include "ops/kernel/symbols.h"

static int __init damonxx_main_init(void)
{
	int err;

	damonxx_symbols_resolve();
	err = damonxx_ram_init();
	if (err)
		return err;
	err = damonxx_init();
	if (err)
		damonxx_ram_exit();
	return err;
}

static void __exit damonxx_main_exit(void)
{
	u64 live;

	damonxx_exit();
	damonxx_ram_exit();
	damonxx_migration_history_exit();
	live = kapi_alloc_live();
	if (live)
		pr_err("%llu allocations were not freed\n", live);
}

module_init(damonxx_main_init);
module_exit(damonxx_main_exit);
MODULE_AUTHOR("damonxx developers");
MODULE_DESCRIPTION("Data access monitor (DAMON) in C++");
MODULE_VERSION(DAMONXX_VERSION);
MODULE_LICENSE("GPL");
