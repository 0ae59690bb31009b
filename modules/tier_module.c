// SPDX-License-Identifier: GPL-2.0
/* damonxx_tier.ko: its parameters, which modules/tier.cc gives a meaning, and changes of memory. */
#include <linux/memory.h>
#include <linux/notifier.h>
#include <linux/workqueue.h>
#include "modules/module.h"

extern struct damonxx_special damonxx_tier_module;
#define P(name, mode, text) DAMONXX_PARAMETER(damonxx_tier_module, name, mode, text)

P(enabled, 0600, "whether it runs (N)");
P(commit_inputs, 0600, "Y: apply the other parameters to the running kdamond");
P(promote_target_nid, 0600, "the fast node; -1: found by itself (-1)");
P(demote_target_nid, 0600, "the slow node; -1: found by itself (-1)");
P(promote_target_mem_used_bp, 0600,
  "promote until so much of 10000 of the fast node is used; 0: found by itself (0)");
P(demote_target_mem_free_bp, 0600,
  "demote until so much of 10000 of the fast node is free; 0: found by itself (0)");
P(promote_min_access_freq, 0600, "permil of looks that find an access where memory is hot (300)");
P(promote_min_age, 0600, "us for which memory is hot before it is promoted (0)");
P(demote_min_age, 0600, "us without access before memory is demoted (2500000)");
P(quota_ms, 0600, "ms of work in quota_reset_interval_ms; 0: no limit (0)");
P(quota_sz, 0600, "bytes to move in quota_reset_interval_ms; 0: no limit (41943040)");
P(quota_reset_interval_ms, 0600, "what quotas are for (200)");
P(wmarks_interval, 0600, "us between looks at free memory while it rests (5000000)");
P(wmarks_high, 0600,
  "rests while more than so many permil of the fast node are free; 0: never rests (0)");
P(wmarks_mid, 0600, "works again when less than so many permil are free (0)");
P(wmarks_low, 0600, "rests while less than so many permil are free (0)");
P(sample_interval, 0600, "us between looks (10000)");
P(aggr_interval, 0600, "us over which accesses are counted (100000)");
P(min_nr_regions, 0600, "regions at the least (100)");
P(max_nr_regions, 0600, "regions at the most (1000)");
P(autotune_monitoring_intervals, 0600, "tune both intervals (N)");
P(tiers, 0400, "nodes with memory: their tiers, and where they promote and demote to");
P(kdamond_pid, 0400, "of the kdamond; -1: it does not run");
P(nr_promote_tried_regions, 0400, "regions that it tried to promote");
P(bytes_promote_tried_regions, 0400, "their bytes");
P(nr_promoted_regions, 0400, "regions of which it promoted something");
P(bytes_promoted_regions, 0400, "bytes that it promoted");
P(nr_promote_quota_exceeds, 0400, "how many times a quota of promotion was used up");
P(nr_demote_tried_regions, 0400, "regions that it tried to demote");
P(bytes_demote_tried_regions, 0400, "their bytes");
P(nr_demoted_regions, 0400, "regions of which it demoted something");
P(bytes_demoted_regions, 0400, "bytes that it demoted");
P(nr_demote_quota_exceeds, 0400, "how many times a quota of demotion was used up");

/* Memory comes in many blocks, one after the other. */
#define SETTLE_TIME (HZ / 2)

static void follow(struct work_struct *work)
{
	kernel_param_lock(THIS_MODULE);
	damonxx_special_follow(&damonxx_tier_module);
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
	damonxx_special_init(&damonxx_tier_module);
	kernel_param_unlock(THIS_MODULE);
	return 0;
}

static void __exit tier_module_exit(void)
{
	unregister_memory_notifier(&notifier);
	cancel_delayed_work_sync(&follow_work);
	kernel_param_lock(THIS_MODULE);
	damonxx_special_exit(&damonxx_tier_module);
	kernel_param_unlock(THIS_MODULE);
}

module_init(tier_module_init);
module_exit(tier_module_exit);
MODULE_AUTHOR("damonxx developers");
MODULE_DESCRIPTION("Moves hot memory to fast nodes and cold memory to slow ones");
MODULE_VERSION(DAMONXX_VERSION);
MODULE_LICENSE("GPL");
