/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The in-kernel API: contexts that monitor accesses and apply schemes, for kernel code in C and for
 * the modules of damonxx in C++.  All functions are exported to GPL modules.
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
 * Any number of contexts can run at a time, in addition to those of sysfs.  Values that are not
 * explained here are described in Documentation/usage.rst, at the sysfs file of the same meaning,
 * and are validated in the same way.
 *
 * CONTEXT of all functions unless stated otherwise: process context, may sleep; the caller must not
 * hold a lock that a function run by damonxx_context_call() takes.  Functions on one context may
 * run concurrently, except damonxx_context_destroy(), which frees it.  The kdamond itself must not
 * call them.  Pointers need to stay valid only until the function returns.
 *
 * Errors are negative errno values:
 *	-EINVAL		invalid values; the reason says which
 *	-EOPNOTSUPP	not supported by this kernel; the reason says what
 *	-ENOMEM		out of memory; nothing has changed
 *	-ECANCELED	the kdamond does not run, or ended meanwhile
 *	-EBUSY		the context has been started before
 *	-EINTR, -EAGAIN	the thread could not be created
 *
 * A module that uses the API keeps damonxx from being unloaded.  It must destroy its contexts
 * before it is unloaded itself.
 */
#ifndef DAMONXX_DAMONXX_H
#define DAMONXX_DAMONXX_H

#include "uapi/damonxx.h"
#ifdef __cplusplus
#include "damonxx/kapi.h" /* for u32, u64 and so on */
#define DAMONXX_MUST_CHECK [[nodiscard]]
extern "C" {
#else
#include <linux/compiler.h>
#include <linux/types.h>
#define DAMONXX_MUST_CHECK __must_check
#endif

/* Incremented with each incompatible change. */
#define DAMONXX_API_VERSION 1u

/* ---- settings ----------------------------------------------------------------------- */

/* In units of damonxx_settings.addr_unit; the end is exclusive. */
struct damonxx_range {
	u64 start, end;
};

struct damonxx_target {
	int pid;	/* in the caller's pid namespace; unused for DAMONXX_PADDR */
	bool obsolete;	/* for a commit: removes the running target of this index */
	/* Sorted, and no two on the same page.  None: monitors all mapped memory, or all System
	 * RAM, and follows its changes. */
	const struct damonxx_range *ranges;
	u32 nr_ranges;
};

enum damonxx_action {
	/* DAMONXX_VADDR and DAMONXX_FVADDR only. */
	DAMONXX_WILLNEED,
	DAMONXX_COLD,
	DAMONXX_PAGEOUT,	/* also DAMONXX_PADDR */
	DAMONXX_HUGEPAGE,
	DAMONXX_NOHUGEPAGE,
	DAMONXX_COLLAPSE,
	/* DAMONXX_PADDR only. */
	DAMONXX_LRU_PRIO,
	DAMONXX_LRU_DEPRIO,
	/* All operations sets. */
	DAMONXX_MIGRATE_HOT,
	DAMONXX_MIGRATE_COLD,
	DAMONXX_STAT,
};

enum damonxx_filter_type {
	/* Operations layer filters, evaluated for each folio. */
	DAMONXX_FILTER_ANON,
	DAMONXX_FILTER_MEMCG,
	DAMONXX_FILTER_YOUNG,
	DAMONXX_FILTER_HUGEPAGE_SIZE,
	DAMONXX_FILTER_UNMAPPED,
	DAMONXX_FILTER_ACTIVE,
	DAMONXX_FILTER_NODE,
	/* Core layer filters, evaluated for each region, before the operations layer filters. */
	DAMONXX_FILTER_ADDR,
	DAMONXX_FILTER_TARGET,
	DAMONXX_FILTER_PROBE_HITS_WSUM,
};

/* Evaluated in array order; the first matching filter decides. */
struct damonxx_filter {
	u32 type;		/* enum damonxx_filter_type */
	bool matching;		/* result of the test that counts as a match */
	bool allow;		/* whether a match allows or rejects */
	u64 memcg;		/* cgroup_id() of a memory cgroup */
	struct damonxx_range range;
	u64 min, max;		/* both inclusive: bytes, node numbers or hits, by type */
	s32 target_index;
};

enum damonxx_goal_metric {
	DAMONXX_USER_INPUT,
	DAMONXX_SOME_MEM_PSI_US,	/* per quota window */
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
	DAMONXX_RAISE,	/* the action increases the metric */
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
	u64 ms;			/* kdamond time per quota window; 0: no limit */
	u64 size;		/* units per quota window; 0: no limit */
	u64 reset_interval_ms;	/* length of the quota window */
	u32 pool;		/* schemes with limits in one pool share ms and size; 0: no pool */
	u32 size_weight, nr_accesses_weight, age_weight; /* for the priority of a region */
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
	u32 rest_ms;		/* skips folios migrated to their node less than this ago; 0: off */
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
	u64 addr_unit;		/* bytes per unit of addresses and sizes; DAMONXX_PADDR only */
	bool paused;
	u64 sample_us, aggr_us, update_us;
	u64 min_nr_regions, max_nr_regions;
	/* Every @goal_aggrs aggregations (0: never), the intervals are tuned so that this share of
	 * all possible accesses is observed. */
	u64 goal_access_bp, goal_aggrs, goal_min_sample_us, goal_max_sample_us;
	u64 cpu_permil;		/* limit of the kdamond, of one processor; 0: no limit */
	const struct damonxx_target *targets;
	const struct damonxx_scheme *schemes;
	const struct damonxx_probe *probes;
	u32 nr_targets, nr_schemes, nr_probes;
};

/* Sets the defaults of sysfs, without targets.  CONTEXT: any. */
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

/* Sets a scheme without limits that matches all regions.  CONTEXT: any. */
static inline void damonxx_scheme_init(struct damonxx_scheme *scheme, enum damonxx_action action)
{
	__builtin_memset(scheme, 0, sizeof(*scheme));
	scheme->action = action;
	scheme->target_nid = -1;
	scheme->max_size = ~0ULL;
	scheme->max_nr_accesses = ~0U;
	scheme->max_age = ~0U;
}

/* ---- lifetime of a context ---------------------------------------------------------- */

struct damonxx_context;

/* The reason for a failure, or a warning: one line without a newline, or empty. */
struct damonxx_reason {
	char text[256];
};

/*
 * Validates @settings and allocates all memory that monitoring needs; starts no kdamond.  @reason
 * may be NULL.  -EINVAL, -EOPNOTSUPP, -ENOMEM; *@context is set only on success.
 */
DAMONXX_MUST_CHECK int damonxx_context_create(struct damonxx_context **context,
					      const struct damonxx_settings *settings,
					      struct damonxx_reason *reason);
/* Stops the kdamond and frees the context.  NULL is allowed. */
void damonxx_context_destroy(struct damonxx_context *context);

/* Starts the kdamond, a kernel thread called @name, and returns once it runs.  A context can be
 * started only once.  -EBUSY, -ENOMEM, -EINTR, -EAGAIN. */
DAMONXX_MUST_CHECK int damonxx_context_start(struct damonxx_context *context, const char *name);
/* Stops the kdamond and waits until it has exited.  Allowed also if it was never started, or has
 * ended by itself. */
void damonxx_context_stop(struct damonxx_context *context);
/* Replaces all settings at once, or changes nothing.  Targets and schemes that stay keep their
 * regions and counters.  -EINVAL, -EOPNOTSUPP, -ENOMEM, -ECANCELED. */
DAMONXX_MUST_CHECK int damonxx_context_commit(struct damonxx_context *context,
					      const struct damonxx_settings *settings,
					      struct damonxx_reason *reason);

/* A kdamond ends by itself when its last target is gone.  CONTEXT: any. */
bool damonxx_context_is_running(const struct damonxx_context *context);
/* The thread id of the kdamond; -1: it does not run. */
int damonxx_context_pid(const struct damonxx_context *context);

/*
 * Runs @function(@argument) in the kdamond, between two of its steps, and waits for it.  It delays
 * monitoring, so it should take microseconds.  -ECANCELED: it did not run.
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
	u64 effective_size;	/* no counter: the current effective quota */
};

/* Stores the current counters of the first @max schemes in @stats, and returns the number of
 * schemes.  -ECANCELED, -ENOMEM. */
DAMONXX_MUST_CHECK int damonxx_context_read_schemes(struct damonxx_context *context,
						    struct damonxx_scheme_stats *stats, u32 max);

struct damonxx_monitoring {
	u64 samples, samples_missed, samples_skipped;
	u64 probes_absent, probes_busy, probes_idle, probes_accessed, probes_skipped;
	u64 windows;
	u64 checks_per_sample;
	u64 cpu_ns, cpu_permil;
	u64 nr_regions;
	u64 sample_us, aggr_us;	/* current values, after tuning */
};

/* Stores the current values, or the last ones of a kdamond that has ended. */
void damonxx_context_read_monitoring(struct damonxx_context *context,
				     struct damonxx_monitoring *monitoring);

/* All regions at one moment, in the format of uapi/damonxx.h.  The caller frees *@snapshot with
 * damonxx_snapshot_free().  -ECANCELED, -ENOMEM. */
DAMONXX_MUST_CHECK int damonxx_context_take_snapshot(struct damonxx_context *context,
						     struct damonxx_snapshot **snapshot);
/* NULL is allowed. */
void damonxx_snapshot_free(struct damonxx_snapshot *snapshot);

/* The target and region records of @snapshot.  CONTEXT: any. */
struct damonxx_snapshot_target *damonxx_snapshot_targets(struct damonxx_snapshot *snapshot);
struct damonxx_snapshot_region *damonxx_snapshot_regions(struct damonxx_snapshot *snapshot);

#ifdef __cplusplus
}
#endif
#endif
