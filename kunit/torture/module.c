// SPDX-License-Identifier: GPL-2.0
/* The module of the torture test: its parameters, and the processes to monitor. */
#define pr_fmt(fmt) "damonxx-torture: " fmt
#include <linux/compiler.h>
#include <linux/init.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/threads.h>
#include "kunit/torture/world.h"
#include "ops/kernel/symbols.h"

static unsigned long long seed;
module_param(seed, ullong, 0444);
MODULE_PARM_DESC(seed, "Seed of all random choices; 0 (default): a random one, which is logged");
static uint seconds = 60;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "Duration in seconds (default 60); 0: until the module is unloaded");
static uint threads = 4;
module_param(threads, uint, 0444);
MODULE_PARM_DESC(threads, "Number of threads that use the contexts, 1 to 32 (default 4)");
static uint contexts = 3;
module_param(contexts, uint, 0444);
MODULE_PARM_DESC(contexts, "Number of contexts, 1 to 32 (default 3)");
static uint patience = 20;
module_param(patience, uint, 0444);
MODULE_PARM_DESC(patience, "Seconds within which a kdamond must answer (default 20)");

/* Writable while the test runs. */
static int targets[32];
static uint nr_targets;
module_param_array(targets, int, &nr_targets, 0644);
MODULE_PARM_DESC(targets, "PIDs of processes to monitor, which may exit (default: 1)");

#define INIT_PID 1
#define KTHREADD_PID 2 /* exists, and has no address space */
#define NOBODY_PID PID_MAX_LIMIT

void damonxx_torture_say(const char *text)
{
	pr_info("%s\n", text);
}

int damonxx_torture_pid(u64 random)
{
	uint n = READ_ONCE(nr_targets);

	switch (random % 16) {
	case 0:
		return KTHREADD_PID;
	case 1:
		return NOBODY_PID;
	case 2:
		return INIT_PID;
	}
	return n ? READ_ONCE(targets[(random >> 32) % n]) : INIT_PID;
}

static int __init torture_init(void)
{
	struct damonxx_torture_settings settings = {
		.seed = seed ?: get_random_u64(),
		.seconds = seconds,
		.threads = threads,
		.contexts = contexts,
		.patience_s = patience,
	};
	int error;

	damonxx_symbols_resolve();
	error = damonxx_torture_start(&settings);
	if (error)
		pr_err("not started: errno %d\n", -error);
	return error;
}

static void __exit torture_exit(void)
{
	u64 live;

	damonxx_torture_stop();
	live = kapi_alloc_live();
	if (live)
		pr_err("%llu allocations were not freed\n", live);
}

module_init(torture_init);
module_exit(torture_exit);
MODULE_AUTHOR("damonxx developers");
MODULE_DESCRIPTION("Torture test of the data access monitor");
MODULE_LICENSE("GPL");
