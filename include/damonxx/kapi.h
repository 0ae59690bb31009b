/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that C++ may call in the kernel, and so the whole cost of porting to another kernel.  Read
 * by both languages; no Linux type crosses it.  Each section has the functions of one shim: the C
 * file that its heading names.  selftests/host/kapi_*.cc implement them in user space.
 *
 * Errors are negative errno values.  Every function says its CONTEXT.
 */
#ifndef DAMONXX_KAPI_H
#define DAMONXX_KAPI_H

#ifdef __cplusplus
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int s32;
typedef long long s64;
#define KAPI_MUST_CHECK [[nodiscard]]
extern "C" {
#else
#include <linux/types.h>
#define KAPI_MUST_CHECK __must_check
#endif

/* The kernel's numbers, as far as C++ names them; core/kernel/kmisc.c asserts that they agree. */
enum kapi_errno {
	KAPI_EPERM = 1,
	KAPI_ENOENT = 2,
	KAPI_ESRCH = 3,
	KAPI_EINTR = 4,
	KAPI_EAGAIN = 11,
	KAPI_ENOMEM = 12,
	KAPI_EBUSY = 16,
	KAPI_ENODEV = 19,
	KAPI_EINVAL = 22,
	KAPI_ERANGE = 34,
	KAPI_EOPNOTSUPP = 95,
	KAPI_ECANCELED = 125,
};

/* ---- core/kernel/kmisc.c: log, assertions, time, randomness ------------------------- */

enum kapi_level { KAPI_LOG_ERR, KAPI_LOG_WARN, KAPI_LOG_INFO };

/* Logs one line; @text has no newline at its end.  CONTEXT: any. */
void kapi_log(int level, const char *text);

/* Reports a broken invariant: a kernel warning with a stack, rate-limited; execution
 * continues.  abort() on the host.  CONTEXT: any. */
void kapi_assert_failed(const char *condition, const char *file, int line);

/* Monotonic time.  CONTEXT: any. */
u64 kapi_now_ns(void);
/* CONTEXT: any. */
u64 kapi_random_u64(void);
/* Yields the processor if the scheduler asks for it.  CONTEXT: process, no lock held. */
void kapi_cond_resched(void);

/* ---- core/kernel/kmem.c: memory ----------------------------------------------------- */

/* Zeroed memory, or NULL; never invokes the OOM killer.  CONTEXT: process, may sleep. */
KAPI_MUST_CHECK void *kapi_alloc(unsigned long bytes);
/* NULL is allowed.  CONTEXT: process, may sleep. */
void kapi_free(void *memory);
/* Number of allocations that are not freed yet; 0 when the module has been unloaded.
 * CONTEXT: any. */
u64 kapi_alloc_live(void);

/* ---- core/kernel/klock.c: locks ----------------------------------------------------- */

#define KAPI_MUTEX_SIZE 192
#define KAPI_COMPLETION_SIZE 128
#define KAPI_CANCELLABLE_MUTEX_SIZE 320

struct kapi_mutex {
	unsigned long opaque[KAPI_MUTEX_SIZE / sizeof(unsigned long)];
};

/* @lock_class: an enum damon::lock_class; each has its own lockdep class and name. */
void kapi_mutex_init(struct kapi_mutex *mutex, int lock_class);
/* CONTEXT: process, may sleep. */
void kapi_mutex_lock(struct kapi_mutex *mutex);
void kapi_mutex_unlock(struct kapi_mutex *mutex);

/*
 * A mutex whose waiter gives up when a flag of its own turns non-zero.  File handlers wait for it,
 * so that the task that removes their directory, holding it, can cancel them instead of waiting for
 * them.
 */
struct kapi_cancellable_mutex {
	unsigned long opaque[KAPI_CANCELLABLE_MUTEX_SIZE / sizeof(unsigned long)];
};

void kapi_cancellable_mutex_init(struct kapi_cancellable_mutex *mutex, int lock_class);
/* 0: locked.  -ENODEV: *@cancelled is or became non-zero.  -EINTR: a signal came.
 * @cancelled may be NULL.  CONTEXT: process, may sleep. */
KAPI_MUST_CHECK int kapi_cancellable_mutex_lock(struct kapi_cancellable_mutex *mutex,
						const u8 *cancelled);
void kapi_cancellable_mutex_unlock(struct kapi_cancellable_mutex *mutex);
/* Makes every waiter test its flag again.  CONTEXT: any. */
void kapi_cancellable_mutex_wake_waiters(struct kapi_cancellable_mutex *mutex);

struct kapi_completion {
	unsigned long opaque[KAPI_COMPLETION_SIZE / sizeof(unsigned long)];
};

void kapi_completion_init(struct kapi_completion *done);
/* The waiter may free @done as soon as it wakes.  CONTEXT: any. */
void kapi_completion_complete(struct kapi_completion *done);
/* CONTEXT: process, sleeps. */
void kapi_completion_wait(struct kapi_completion *done);
/* 0, or -EINTR if a signal came first.  CONTEXT: process, sleeps. */
KAPI_MUST_CHECK int kapi_completion_wait_interruptible(struct kapi_completion *done);

/* ---- core/kernel/kthread.c: threads ------------------------------------------------- */

struct kapi_thread;

/*
 * Starts @run(@self, @argument) in a kernel thread and returns when it has begun.  The thread
 * holds a reference to the module until it has exited.  It may return by itself; the caller must
 * still call kapi_thread_stop().  0 or a negative errno.  CONTEXT: process, may sleep.
 */
KAPI_MUST_CHECK int kapi_thread_start(struct kapi_thread **thread, const char *name,
				      void (*run)(struct kapi_thread *self, void *argument),
				      void *argument);
/* Asks the thread to stop, waits until it has exited, and frees @thread.  CONTEXT: process. */
void kapi_thread_stop(struct kapi_thread *thread);
/* Ends the current or next sleep of the thread.  CONTEXT: any. */
void kapi_thread_wake(struct kapi_thread *thread);
/* The thread id as user space sees it.  CONTEXT: any. */
int kapi_thread_pid(struct kapi_thread *thread);

/* The next three: CONTEXT: the thread itself. */
bool kapi_thread_should_stop(void);
/* Sleeps, without adding to the load average, until the clock reads @deadline_ns, a wake-up, or a
 * request to stop. */
void kapi_thread_sleep_until(struct kapi_thread *self, u64 deadline_ns);
/* Processor time of the calling thread, as of the start of its last sleep or a little later. */
u64 kapi_thread_cpu_ns(void);

/* ---- core/kernel/tracepoints.c: trace events ---------------------------------------- */

enum kapi_trace_event {
	KAPI_TRACE_AGGREGATED,	      /* damon_aggregated */
	KAPI_TRACE_REGION_AGGREGATED, /* damon_region_aggregated */
	KAPI_TRACE_BEFORE_APPLY,      /* damos_before_apply */
	KAPI_TRACE_INTERVALS_TUNE,    /* damon_monitor_intervals_tune */
	KAPI_TRACE_STAT_AFTER_APPLY,  /* damos_stat_after_apply_interval */
	KAPI_TRACE_ESZ,		      /* damos_esz */
	KAPI_NR_TRACE_EVENTS,
};

/* Addresses and sizes are in units of addr_unit. */
struct kapi_trace_region {
	u64 target; /* index in the context */
	u64 start, end;
	u32 nr_regions; /* of the target */
	u32 nr_accesses;
	u32 age;
};

struct kapi_trace_stats {
	u64 nr_tried, sz_tried;
	u64 nr_applied, sz_applied;
	u64 sz_ops_filter_passed;
	u64 qt_exceeds;
	u64 nr_snapshots;
};

/* Whether the event is enabled.  CONTEXT: any, cheap. */
bool kapi_trace_enabled(int event);

/* The rest emits an event if it is enabled.  CONTEXT: any. */
void kapi_trace_damon_aggregated(const struct kapi_trace_region *region);
/* @hits: the count of each of @nr_hits probes. */
void kapi_trace_damon_region_aggregated(const struct kapi_trace_region *region, const u8 *hits,
					u32 nr_hits);
void kapi_trace_damos_before_apply(u32 scheme, const struct kapi_trace_region *region);
void kapi_trace_damon_monitor_intervals_tune(u64 sample_us);
void kapi_trace_damos_stat_after_apply_interval(u32 scheme, const struct kapi_trace_stats *stats);
void kapi_trace_damos_esz(u32 scheme, u64 size);

/* ---- ops/kernel/symbols.c: features that need unexported symbols -------------------- */

enum kapi_feature {
	KAPI_FEATURE_SYSFS,   /* the mm directory of sysfs */
	KAPI_FEATURE_VADDR,   /* page tables of processes */
	KAPI_FEATURE_PADDR,   /* folios and their reverse map */
	KAPI_FEATURE_BINARY,  /* files that are longer than a page */
	KAPI_FEATURE_RECLAIM, /* isolating folios, and reclaiming them */
	KAPI_FEATURE_LRU,     /* activating and deactivating folios */
	KAPI_FEATURE_MADVISE, /* madvise() on the mappings of other processes */
	KAPI_FEATURE_MIGRATE, /* migrating folios between nodes */
	KAPI_FEATURE_MEMCG,   /* memory of nodes charged to a memory cgroup */
	KAPI_FEATURE_PSI,     /* memory pressure stalls */
	KAPI_NR_FEATURES,
};

/* False: a symbol was missing at load; the log has named it.  CONTEXT: any. */
bool kapi_has_feature(int feature);

/* ---- ops/kernel/mm.c: processes ----------------------------------------------------- */

struct kapi_pid;	/* a reference to a process id: pins no task and no memory */
struct kapi_mm;		/* a reference to an address space in use */

/* By number in the caller's pid namespace; NULL: there is none.  CONTEXT: process. */
KAPI_MUST_CHECK struct kapi_pid *kapi_pid_get(int number);
void kapi_pid_put(struct kapi_pid *pid);
/* Whether @pid still has a process, be it a zombie.  Never true for kernel threads.
 * CONTEXT: any. */
bool kapi_pid_has_process(struct kapi_pid *pid);

/* The address space of @pid; NULL: it has none any more.  CONTEXT: process. */
KAPI_MUST_CHECK struct kapi_mm *kapi_mm_get(struct kapi_pid *pid);
/* Never tears the address space down in the caller.  CONTEXT: process. */
void kapi_mm_put(struct kapi_mm *mm);

/* ---- ops/kernel/vma.c: mappings of a process ---------------------------------------- */

struct kapi_range {
	u64 start, end; /* bytes, half-open */
};

/*
 * Fills @out with up to @max mapped ranges that end above @from, in address order; adjacent
 * mappings are one range, and mappings that allow no access and never did are left out.  Fewer
 * than @max: there are no more.  CONTEXT: process, may sleep; holds the mmap lock for reading for a
 * bounded number of mappings at a time.
 */
u32 kapi_mm_mapped(struct kapi_mm *mm, u64 from, struct kapi_range *out, u32 max);
/* Changes when mappings change, but for unlikely coincidences.  CONTEXT: any. */
u64 kapi_mm_changes(struct kapi_mm *mm);

/* ---- ops/kernel/walk.c: access checks by page table --------------------------------- */

enum kapi_outcome {
	/* The check tells nothing. */
	KAPI_ABSENT, /* no memory that can be monitored */
	KAPI_BUSY,   /* folio busy or migrating, or the address was remapped since preparing */
	/* The check tells. */
	KAPI_IDLE, /* not accessed since preparing, or not mapped */
	KAPI_ACCESSED,
	KAPI_NR_OUTCOMES,
};

/*
 * An access check of one sampled page over one sampling interval.  The caller sets addr; preparing
 * sets the rest, checking reads that and sets outcome.
 */
struct kapi_access_check {
	u64 addr;	/* bytes, page aligned */
	u32 pfn;	/* low half of the page frame number seen by preparing */
	u8 flags;	/* the shim's */
	u8 outcome;	/* enum kapi_outcome */
	u16 own;	/* the caller's */
};

/*
 * Prepare clears the accessed bits of the pages of @n checks, sorted by address; check tests them.
 * A page that is mapped neither then nor now is idle; one that was mapped since is accessed if its
 * bit is set.  CONTEXT: process, may sleep; the mmap lock is held for reading for a bounded number
 * of checks at a time, and released early for a waiting writer.  The TLB is never flushed.
 */
void kapi_prepare_access_checks(struct kapi_mm *mm, struct kapi_access_check *checks, u32 n);
void kapi_check_accesses(struct kapi_mm *mm, struct kapi_access_check *checks, u32 n);

/* ---- ops/kernel/describe.c: attributes of mapped pages ------------------------------ */

/* The attributes of a sampled page, by its folio. */
struct kapi_page {
	u64 memcg;    /* the memory cgroup it is charged to, see kapi_memcg_find(); 0: none */
	u32 nr_pages; /* of the folio; 0: there is neither anonymous nor file memory */
	u16 anon;     /* 1: anonymous */
	u16 node;     /* NUMA node */
};

/* Fills @pages for @n checks sorted by address, of which it reads only addr.  CONTEXT: as
 * kapi_check_accesses(). */
void kapi_describe_pages(struct kapi_mm *mm, const struct kapi_access_check *checks,
			 struct kapi_page *pages, u32 n);

/* ---- ops/kernel/phys.c: the same for physical memory -------------------------------- */

/*
 * A page stands for its folio, accessed through any mapping.  Free memory is idle, memory of the
 * kernel is absent.  CONTEXT: process, may sleep.
 */
void kapi_phys_prepare_access_checks(struct kapi_access_check *checks, u32 n);
void kapi_phys_check_accesses(struct kapi_access_check *checks, u32 n);
void kapi_phys_describe_pages(const struct kapi_access_check *checks, struct kapi_page *pages,
			      u32 n);

/* ---- ops/kernel/ram.c: which physical memory there is ------------------------------- */

/*
 * Fills @out with up to @max ranges of System RAM that is online and ends above @from, in address
 * order; adjacent ranges are one.  Fewer than @max: there are no more.  CONTEXT: process, may
 * sleep.
 */
u32 kapi_ram_ranges(u64 from, struct kapi_range *out, u32 max);
/* Changes when memory is onlined or offlined.  CONTEXT: any. */
u64 kapi_ram_changes(void);

/* ---- ops/kernel/page.c: memory cgroups ---------------------------------------------- */

/* The id, until the next boot, of the memory cgroup at @path of the unified hierarchy, as the
 * caller sees it.  -ENOENT, -ENOMEM; -EOPNOTSUPP: this kernel has none.  CONTEXT: process, may
 * sleep. */
KAPI_MUST_CHECK int kapi_memcg_find(const char *path, u32 length, u64 *id);

/* ---- ops/kernel/phys_apply.c: actions on physical memory ---------------------------- */

enum kapi_action {
	KAPI_ACTION_WILLNEED, /* the first six on processes, as madvise() does them */
	KAPI_ACTION_COLD,
	KAPI_ACTION_PAGEOUT, /* reclaims, never demotes; also of physical memory */
	KAPI_ACTION_HUGEPAGE,
	KAPI_ACTION_NOHUGEPAGE,
	KAPI_ACTION_COLLAPSE,
	KAPI_ACTION_LRU_PRIO,	/* physical memory: to the active list */
	KAPI_ACTION_LRU_DEPRIO, /* to the inactive list */
	KAPI_ACTION_MIGRATE,	/* to other nodes */
	KAPI_ACTION_STAT,	/* only counts what passes the filters */
	KAPI_NR_ACTIONS,
};

enum kapi_filter_type {
	KAPI_FILTER_ANON,
	KAPI_FILTER_MEMCG,
	KAPI_FILTER_YOUNG, /* and clears the accessed bits of a young folio */
	KAPI_FILTER_HUGEPAGE_SIZE,
	KAPI_FILTER_UNMAPPED,
	KAPI_FILTER_ACTIVE,
	KAPI_FILTER_NODE,
	KAPI_NR_FILTER_TYPES,
};

/* The first filter whose test of a folio gives @matching decides: @allow. */
struct kapi_filter {
	u8 type;	/* enum kapi_filter_type */
	u8 matching;
	u8 allow;
	u64 memcg;	/* see kapi_memcg_find() */
	u64 min, max;	/* both inclusive: bytes of the folio, or node numbers */
};

struct kapi_destination {
	u32 node;
	u32 weight;
};

/*
 * An action on the folios of a range, done in parts.  Actions that apply to whole mappings
 * (willneed, hugepage, nohugepage, collapse) have no filters here.
 */
struct kapi_action_request {
	u8 action;		/* enum kapi_action */
	u8 pass_by_default;	/* for folios that no filter matches */
	s32 target_node;	/* of migrations without destinations */
	u32 rest_ms; /* migrations skip what was migrated less than this ago; 0: nothing */
	const struct kapi_filter *filters;
	u32 nr_filters;
	u32 nr_destinations;
	const struct kapi_destination *destinations;	/* of processes' memory only */
	u64 total_weight;	/* of all destinations; not 0 if there is one */
	/* The range; each call advances start by the part it did.  A large folio may reach beyond
	 * the end, and is done as a whole. */
	u64 start, end;
	/* Counters that each call adds to. */
	u64 applied_bytes; /* that the action was applied to */
	u64 passed_bytes;  /* of folios that passed the filters */
	/* First PFN of the last folio seen, plus one; 0: none.  The caller keeps it from one range
	 * to the next, so that a folio in both is done once. */
	u64 last_folio;
};

/*
 * Does a part of @request, of bounded time and at least a page.  Folios that cannot be handled
 * (busy, pinned, gone) are left as they are and not counted.  Migration is strict: to the node
 * named, without reclaim there, and not below what that node keeps free for itself; an unusable
 * node migrates nothing.  CONTEXT: process, may sleep; no lock is held between calls.
 */
void kapi_phys_apply(struct kapi_action_request *request);

/* ---- ops/kernel/mm_apply.c: actions on processes ------------------------------------ */

/* As kapi_phys_apply().  Actions that apply to whole mappings count what madvise() accepted; the
 * others follow the page tables. */
void kapi_mm_apply(struct kapi_mm *mm, struct kapi_action_request *request);

/* ---- ops/kernel/can_apply.c: which actions there are -------------------------------- */

/* Whether this kernel supports @action, for physical memory or that of processes.
 * CONTEXT: any. */
bool kapi_can_apply(int action, bool physical);

/* ---- ops/kernel/migration_history.c: what was migrated lately ----------------------- */

/* Starts to record migrations, as rest_ms needs; takes 2 MiB.  -ENOMEM.  CONTEXT: process, may
 * sleep. */
KAPI_MUST_CHECK int kapi_record_migrations(void);

/* ---- ops/kernel/memory.c: use of memory --------------------------------------------- */

struct kapi_memory {
	u64 total_bytes, free_bytes;
};

/* Of node @node, or of the system if it is -1.  -ENOENT: no such node, or one without memory.
 * CONTEXT: any. */
KAPI_MUST_CHECK int kapi_memory_of(s32 node, struct kapi_memory *memory);
/* Size of the LRU lists of the system.  CONTEXT: any. */
void kapi_lru_bytes(u64 *active, u64 *inactive);
/* Bytes that a PMD entry maps: a power of two.  CONTEXT: any. */
u64 kapi_huge_page_bytes(void);
/* Anonymous, shared and file memory in transparent huge pages.  CONTEXT: any. */
u64 kapi_hugepage_bytes(void);

/* ---- ops/kernel/memcg.c: use of memory by a cgroup ---------------------------------- */

/* Bytes of @node's memory on the LRU lists of memory cgroup @memcg.  -ENOENT: there is no such
 * cgroup any more; -EOPNOTSUPP.  CONTEXT: process. */
KAPI_MUST_CHECK int kapi_memcg_on_node(u64 memcg, s32 node, u64 *bytes);

/* ---- ops/kernel/psi.c: memory pressure ---------------------------------------------- */

/* Time since boot in which some task was stalled on memory.  -EOPNOTSUPP: this kernel does not
 * account it.  CONTEXT: process. */
KAPI_MUST_CHECK int kapi_psi_some_memory_us(u64 *total_us);

/* ---- sysfs/kernel/kobj.c: directories of files -------------------------------------- */

struct kapi_dir;	/* a directory in sysfs */
struct kapi_dir_kind;	/* the files that all directories of one kind have */

struct kapi_file {
	const char *name;	/* static */
	u16 mode;		/* 0600 or 0400 */
	bool binary;		/* 0400, no text, and of any length */
};

/* Registers a kind; it exists until kapi_dir_kinds_free().  NULL: no memory.  CONTEXT: process. */
KAPI_MUST_CHECK struct kapi_dir_kind *kapi_dir_kind_make(const struct kapi_file *files, u32 n);
/* Waits until no directory is left, then frees all kinds.  CONTEXT: process, sleeps. */
void kapi_dir_kinds_free(void);

/*
 * Adds the directory @name below @parent (NULL: the kernel's own "mm") with the files of @kind, but
 * for binary ones where KAPI_FEATURE_BINARY is missing.  Reads and writes call
 * damonxx_file_show() and damonxx_file_store() with @owner, reads of binary files
 * damonxx_file_read().  0 or a negative errno.  CONTEXT: process, may sleep.
 */
KAPI_MUST_CHECK int kapi_dir_add(struct kapi_dir **dir, struct kapi_dir *parent,
				 const char *name, const struct kapi_dir_kind *kind,
				 void *owner);
/* Adds a symbolic link @name beside @dir, which is in the kernel's "mm", until @dir is removed; 0
 * also if the name is taken.  One directory at a time can have one.  CONTEXT: process, may sleep. */
KAPI_MUST_CHECK int kapi_dir_link(struct kapi_dir *dir, const char *name);
/* Removes the directory and waits for handlers inside its files.  Its children must have been
 * removed.  CONTEXT: process, sleeps. */
void kapi_dir_remove(struct kapi_dir *dir);

#ifdef __cplusplus
}
#endif
#endif
