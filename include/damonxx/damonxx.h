/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The in-kernel API: contexts that monitor accesses and act on memory, for kernel code in C and for
 * our own modules in C++.  All functions are exported to GPL modules.
 *
 *	struct damonxx_settings settings;
 *	struct damonxx_target target = {.pid = pid};
 *	struct damonxx_context *context;
 *
 *	damonxx_settings_init(&settings);
 *	settings.targets = &target;
 *	settings.nr_targets = 1;
 *	error = damonxx_context_create(&context, &settings, NULL);
 *	if (!error)
 *		error = damonxx_context_start(context, "my_monitor");
 *
 * Any number of contexts run at a time, beside those of sysfs.  What is not said here about a value
 * is in Documentation/usage.rst, at the file of the same meaning; values are checked in the same way.
 *
 * CONTEXT, for all functions but where said: process context, may sleep, no lock held that a call
 * in the worker takes.  Functions on one context may run at the same time in several threads, but
 * for damonxx_context_destroy(), after which the context is gone.  They are not for the worker
 * itself.  What is pointed to needs to stay only until the function returns.
 *
 * Errors are negative errno values:
 *	-EINVAL		values that cannot work, with a sentence that says which
 *	-EOPNOTSUPP	what this kernel has not, likewise
 *	-ENOMEM		nothing has changed
 *	-ECANCELED	there is no worker, or it ended meanwhile
 *	-EBUSY		it was started before
 *	-EINTR, -EAGAIN	no thread could be made
 *
 * A module that uses the API keeps damonxx from being unloaded, and destroys its contexts before it
 * is unloaded itself.
 */
#ifndef DAMONXX_DAMONXX_H
#define DAMONXX_DAMONXX_H

#include "uapi/damonxx.h"
#ifdef __cplusplus
#include "damonxx/kapi.h" /* for the names of integers */
#define DAMONXX_MUST_CHECK [[nodiscard]]
extern "C" {
#else
#include <linux/compiler.h>
#include <linux/types.h>
#define DAMONXX_MUST_CHECK __must_check
#endif

/* Grows with each change that code compiled for another one would misunderstand. */
#define DAMONXX_API_VERSION 1u

/* ---- settings ----------------------------------------------------------------------- */

/* In units (damonxx_settings.addr_unit), half-open. */
struct damonxx_range {
	u64 start, end;
};

struct damonxx_target {
	int pid;	/* in the caller's pid namespace; of no meaning for DAMONXX_PADDR */
	bool obsolete;	/* for a commit: the running target of this index goes */
	/* Sorted, apart from each other by a page; none: what is mapped, or all System RAM, and
	 * what changes in it is followed. */
	const struct damonxx_range *ranges;
	u32 nr_ranges;
};

enum damonxx_action {
	/* Of processes only. */
	DAMONXX_WILLNEED,
	DAMONXX_COLD,
	DAMONXX_PAGEOUT,	/* also of physical memory */
	DAMONXX_HUGEPAGE,
	DAMONXX_NOHUGEPAGE,
	DAMONXX_COLLAPSE,
	/* Of physical memory only. */
	DAMONXX_LRU_PRIO,
	DAMONXX_LRU_DEPRIO,
	/* Of both. */
	DAMONXX_MIGRATE_HOT,
	DAMONXX_MIGRATE_COLD,
	DAMONXX_STAT,
};

enum damonxx_filter_type {
	/* Asked of each folio. */
	DAMONXX_FILTER_ANON,
	DAMONXX_FILTER_MEMCG,
	DAMONXX_FILTER_YOUNG,
	DAMONXX_FILTER_HUGEPAGE_SIZE,
	DAMONXX_FILTER_UNMAPPED,
	DAMONXX_FILTER_ACTIVE,
	DAMONXX_FILTER_NODE,
	/* Asked of each region, before those. */
	DAMONXX_FILTER_ADDR,
	DAMONXX_FILTER_TARGET,
	DAMONXX_FILTER_PROBE_HITS_WSUM,
};

/* In the order of evaluation; the first that matches decides. */
struct damonxx_filter {
	u32 type;		/* enum damonxx_filter_type */
	bool matching;		/* what the test must give for a match */
	bool allow;		/* what a match means */
	u64 memcg;		/* cgroup_id() of a memory cgroup */
	struct damonxx_range range;
	u64 min, max;		/* both inclusive: bytes, node numbers or hits, by type */
	s32 target_index;
};

enum damonxx_goal_metric {
	DAMONXX_USER_INPUT,
	DAMONXX_SOME_MEM_PSI_US,	/* in a quota window */
	DAMONXX_NODE_MEM_USED_BP,
	DAMONXX_NODE_MEM_FREE_BP,
	DAMONXX_NODE_MEMCG_USED_BP,
	DAMONXX_NODE_MEMCG_FREE_BP,
	DAMONXX_ACTIVE_MEM_BP,
	DAMONXX_INACTIVE_MEM_BP,
	DAMONXX_NODE_ELIGIBLE_MEM_BP,
	DAMONXX_HUGEPAGE_MEM_BP,
	DAMONXX_NODE_SYS_BP,
};

enum damonxx_goal_direction {
	DAMONXX_RAISE,	/* the action makes the metric grow */
	DAMONXX_LOWER,
};

enum damonxx_goal_tuner {
	DAMONXX_CONSIST,
	DAMONXX_TEMPORAL,
	DAMONXX_PROPORTIONAL,
};

struct damonxx_goal {
	u32 metric;	/* enum damonxx_goal_metric */
	u32 direction;	/* enum damonxx_goal_direction */
	s32 nid;
	u64 memcg;	/* cgroup_id() */
	u64 target_value;
	u64 current_value;	/* of DAMONXX_USER_INPUT */
};

struct damonxx_quota {
	u64 ms;			/* of the worker's time in a window; 0: no limit */
	u64 size;		/* units in a window; 0: no limit */
	u64 reset_interval_ms;	/* the window */
	u32 pool;		/* those with limits and the same one but 0 share ms and size */
	u32 size_weight, nr_accesses_weight, age_weight; /* what comes first */
	u32 tuner;		/* enum damonxx_goal_tuner */
	const struct damonxx_goal *goals;
	u32 nr_goals;
	u32 fail_charge_num, fail_charge_denom;
};

enum damonxx_watermark_metric {
	DAMONXX_ALWAYS,
	DAMONXX_FREE_MEM_RATE,
	DAMONXX_NODE_FREE_MEM_RATE,
};

struct damonxx_watermarks {
	u32 metric;		/* enum damonxx_watermark_metric */
	s32 nid;
	u64 interval_us;
	u64 high, mid, low;	/* permil */
};

struct damonxx_destination {
	u32 nid;
	u32 weight;
};

/* Bounds are inclusive. */
struct damonxx_scheme {
	u32 action;	/* enum damonxx_action */
	s32 target_nid;
	u64 min_size, max_size;	/* units */
	u32 min_nr_accesses, max_nr_accesses;
	u32 min_age, max_age;	/* aggregation intervals */
	u64 apply_interval_us;	/* 0: the aggregation interval */
	u64 max_nr_snapshots;	/* 0: no limit */
	u32 rest_ms;		/* migrations leave alone what one brought here so lately; 0: nothing */
	struct damonxx_quota quota;
	struct damonxx_watermarks watermarks;
	const struct damonxx_filter *filters;
	const struct damonxx_destination *destinations;
	u32 nr_filters, nr_destinations;
};

enum damonxx_attribute {
	DAMONXX_ATTRIBUTE_ANON,
	DAMONXX_ATTRIBUTE_MEMCG,
	DAMONXX_ATTRIBUTE_PGIDLE_UNSET,
	DAMONXX_ATTRIBUTE_PGIDLE_SET,
	DAMONXX_ATTRIBUTE_HUGEPAGE_SIZE,
};

struct damonxx_probe_filter {
	u32 type;	/* enum damonxx_attribute */
	bool matching;
	bool allow;
	u64 memcg;	/* cgroup_id() */
	u64 min, max;	/* bytes, both inclusive */
};

struct damonxx_probe {
	u32 weight;
	bool sets_idle;
	const struct damonxx_probe_filter *filters;
	u32 nr_filters;
};

struct damonxx_settings {
	u32 version;		/* DAMONXX_API_VERSION */
	u32 operations;		/* DAMONXX_VADDR, DAMONXX_FVADDR, DAMONXX_PADDR */
	u64 addr_unit;		/* bytes in the unit of addresses and sizes, here and in results */
	bool paused;
	u64 sample_us, aggr_us, update_us;
	u64 min_nr_regions, max_nr_regions;
	/* Intervals are tuned for this share of accesses once in @goal_aggrs windows; 0: never. */
	u64 goal_access_bp, goal_aggrs, goal_min_sample_us, goal_max_sample_us;
	u64 cpu_permil;		/* of one processor at the most; 0: no limit */
	const struct damonxx_target *targets;
	const struct damonxx_scheme *schemes;
	const struct damonxx_probe *probes;
	u32 nr_targets, nr_schemes, nr_probes;
};

/* The defaults of sysfs; nothing to monitor yet.  CONTEXT: any. */
static inline void damonxx_settings_init(struct damonxx_settings *settings)
{
	__builtin_memset(settings, 0, sizeof(*settings));
	settings->version = DAMONXX_API_VERSION;
	settings->addr_unit = 1;
	settings->sample_us = 5000;
	settings->aggr_us = 100000;
	settings->update_us = 60000000;
	settings->min_nr_regions = 10;
	settings->max_nr_regions = 1000;
}

/* A scheme for all regions of all ages.  CONTEXT: any. */
static inline void damonxx_scheme_init(struct damonxx_scheme *scheme, enum damonxx_action action)
{
	__builtin_memset(scheme, 0, sizeof(*scheme));
	scheme->action = action;
	scheme->target_nid = -1;
	scheme->max_size = ~0ULL;
	scheme->max_nr_accesses = ~0U;
	scheme->max_age = ~0U;
}

/* ---- the life of a context ---------------------------------------------------------- */

struct damonxx_context;

/* What was wrong, in one line without a newline.  Empty if there is nothing to say. */
struct damonxx_reason {
	char text[256];
};

/*
 * Checks @settings and allocates all that monitoring needs; nothing runs yet.  @reason may be NULL.
 * -EINVAL, -EOPNOTSUPP, -ENOMEM; *@context is set only on success.
 */
DAMONXX_MUST_CHECK int damonxx_context_create(struct damonxx_context **context,
					      const struct damonxx_settings *settings,
					      struct damonxx_reason *reason);
/* Stops the worker and frees the context; NULL is fine. */
void damonxx_context_destroy(struct damonxx_context *context);

/* Returns when the worker, a kernel thread called @name, has begun.  Once in a context's life.
 * -EBUSY, -ENOMEM, -EINTR, -EAGAIN. */
DAMONXX_MUST_CHECK int damonxx_context_start(struct damonxx_context *context, const char *name);
/* Returns when the worker is gone; fine if it never was, or ended by itself. */
void damonxx_context_stop(struct damonxx_context *context);
/* All settings at once, or nothing changes: regions and counters of what stays are kept.
 * -EINVAL, -EOPNOTSUPP, -ENOMEM, -ECANCELED. */
DAMONXX_MUST_CHECK int damonxx_context_commit(struct damonxx_context *context,
					      const struct damonxx_settings *settings,
					      struct damonxx_reason *reason);

/* A worker ends by itself when its last target has gone.  CONTEXT: any. */
bool damonxx_context_is_running(const struct damonxx_context *context);
/* The worker's thread id; -1: it does not run. */
int damonxx_context_pid(const struct damonxx_context *context);

/*
 * Runs @function(@argument) in the worker, between two of its steps, and waits for it.  It should
 * take microseconds: monitoring waits.  -ECANCELED: it did not run.
 */
DAMONXX_MUST_CHECK int damonxx_context_call(struct damonxx_context *context,
					    void (*function)(void *argument), void *argument);

/* ---- results ------------------------------------------------------------------------ */

/* Counted since the scheme was installed; sizes in units. */
struct damonxx_scheme_stats {
	u64 nr_tried, sz_tried;
	u64 nr_applied, sz_applied;
	u64 sz_ops_filter_passed;
	u64 qt_exceeds;
	u64 nr_snapshots;
	u64 effective_size;	/* not a count: what the quota allows now */
};

/* Fills @stats for the first @max schemes, as of now, and returns how many there are.
 * -ECANCELED, -ENOMEM. */
DAMONXX_MUST_CHECK int damonxx_context_read_schemes(struct damonxx_context *context,
						    struct damonxx_scheme_stats *stats, u32 max);

struct damonxx_monitoring {
	u64 samples, samples_missed, samples_skipped;
	u64 probes_absent, probes_busy, probes_idle, probes_accessed, probes_skipped;
	u64 windows;
	u64 checks_per_sample;
	u64 cpu_ns, cpu_permil;
	u64 nr_regions;
	u64 sample_us, aggr_us;	/* as they are now, tuned */
};

/* As of now, or the last ones. */
void damonxx_context_read_monitoring(struct damonxx_context *context,
				     struct damonxx_monitoring *monitoring);

/* All regions as of now, at one moment between two samples, as uapi/damonxx.h describes them, in
 * memory of the caller's.  -ECANCELED, -ENOMEM. */
DAMONXX_MUST_CHECK int damonxx_context_take_snapshot(struct damonxx_context *context,
						     struct damonxx_snapshot **snapshot);
/* NULL is fine. */
void damonxx_snapshot_free(struct damonxx_snapshot *snapshot);

/* What lies in it, header aside.  CONTEXT: any. */
struct damonxx_snapshot_target *damonxx_snapshot_targets(struct damonxx_snapshot *snapshot);
struct damonxx_snapshot_region *damonxx_snapshot_regions(struct damonxx_snapshot *snapshot);

#ifdef __cplusplus
}
#endif
#endif
