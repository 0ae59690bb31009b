// SPDX-License-Identifier: GPL-2.0
/* damonxx_tier.ko: module parameters, which modules/tier.cc implements, and memory hotplug. */
#include <linux/memory.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>
#include "modules/kernel/module_macros.h"

extern struct damonxx_module damonxx_tier_module;
#define DAMONXX_THIS_MODULE damonxx_tier_module
#include "modules/tier_parameters.h"

/* Memory is onlined in many blocks, one after the other: follow once after the last one. */
#define SETTLE_TIME (HZ / 2)

static void follow(struct work_struct *work)
{
	kernel_param_lock(THIS_MODULE);
	damonxx_module_follow(&damonxx_tier_module);
	kernel_param_unlock(THIS_MODULE);
}
static DECLARE_DELAYED_WORK(follow_work, follow);

static int note_change(struct notifier_block *block, unsigned long event, void *argument)
{
	if (event == MEM_ONLINE || event == MEM_OFFLINE)
		schedule_delayed_work(&follow_work, SETTLE_TIME);
	return NOTIFY_OK;
}
static struct notifier_block notifier = {.notifier_call = note_change};

static int __init tier_module_init(void)
{
	int error = register_memory_notifier(&notifier);

	if (error)
		return error;
	kernel_param_lock(THIS_MODULE);
	damonxx_module_init(&damonxx_tier_module);
	kernel_param_unlock(THIS_MODULE);
	return 0;
}

static void __exit tier_module_exit(void)
{
	unregister_memory_notifier(&notifier);
	cancel_delayed_work_sync(&follow_work);
	kernel_param_lock(THIS_MODULE);
	damonxx_module_exit(&damonxx_tier_module);
	kernel_param_unlock(THIS_MODULE);
}

module_init(tier_module_init);
module_exit(tier_module_exit);
MODULE_AUTHOR("damonxx developers");
MODULE_DESCRIPTION("Moves hot memory to fast nodes and cold memory to slow ones");
MODULE_VERSION(DAMONXX_VERSION);
MODULE_LICENSE("GPL");
