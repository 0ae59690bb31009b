/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the C++ core may call in the kernel: the whole list, and so the whole cost of
 * porting to another kernel.  Read by both languages; no Linux type crosses it.  The
 * shims (.c files) implement it in the kernel, selftests/host/kapi_*.cc in user space.
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

/* ---- log and assertions ------------------------------------------------------------ */

enum kapi_level { KAPI_LOG_ERR, KAPI_LOG_WARN, KAPI_LOG_INFO };

/* One line, without a newline at its end.  CONTEXT: any. */
void kapi_log(int level, const char *text);

/* A broken invariant: one kernel warning with a stack, then go on; abort() on the host.
 * CONTEXT: any. */
void kapi_assert_failed(const char *condition, const char *file, int line);

/* ---- memory ------------------------------------------------------------------------ */

/* Zeroed, or NULL; never wakes the OOM killer.  CONTEXT: process, may sleep. */
KAPI_MUST_CHECK void *kapi_alloc(unsigned long bytes);
/* CONTEXT: process, may sleep; NULL is fine. */
void kapi_free(void *memory);
/* Allocations not freed yet; 0 before the module is gone.  CONTEXT: any. */
u64 kapi_alloc_live(void);

/* ---- locks ------------------------------------------------------------------------- */

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
 * A mutex that a waiter gives up when a flag of its own turns non-zero.  File handlers wait for it,
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
/* Makes every waiter look at its flag again.  CONTEXT: any. */
void kapi_cancellable_mutex_wake_waiters(struct kapi_cancellable_mutex *mutex);

struct kapi_completion {
	unsigned long opaque[KAPI_COMPLETION_SIZE / sizeof(unsigned long)];
};

void kapi_completion_init(struct kapi_completion *done);
/* CONTEXT: any; the waiter may free @done as soon as it wakes. */
void kapi_completion_complete(struct kapi_completion *done);
/* CONTEXT: process, sleeps. */
void kapi_completion_wait(struct kapi_completion *done);
/* 0, or -EINTR when a signal came first.  CONTEXT: process, sleeps. */
KAPI_MUST_CHECK int kapi_completion_wait_interruptible(struct kapi_completion *done);

/* ---- threads, time, randomness ----------------------------------------------------- */

struct kapi_thread;

/*
 * Starts @run(@self, @argument) in a kernel thread and returns when it has begun.  The
 * thread holds a reference to the module until it is gone.  It may return by itself;
 * kapi_thread_stop() is owed in any case.  CONTEXT: process, may sleep.
 */
KAPI_MUST_CHECK int kapi_thread_start(struct kapi_thread **thread, const char *name,
				      void (*run)(struct kapi_thread *self, void *argument),
				      void *argument);
/* Asks the thread to end, waits until it is gone, and frees @thread.  CONTEXT: process. */
void kapi_thread_stop(struct kapi_thread *thread);
/* Ends the thread's present or next sleep.  CONTEXT: any. */
void kapi_thread_wake(struct kapi_thread *thread);
/* The thread's id as user space sees it.  CONTEXT: any. */
int kapi_thread_pid(struct kapi_thread *thread);

/* The next three: CONTEXT: the thread itself. */
bool kapi_thread_should_stop(void);
/* Idle sleep until the clock reads @deadline_ns, a wake-up or a stop request. */
void kapi_thread_sleep_until(struct kapi_thread *self, u64 deadline_ns);
/* Processor time that the calling thread had used when it last went to sleep, or a little
 * later. */
u64 kapi_thread_cpu_ns(void);

/* Monotonic.  CONTEXT: any. */
u64 kapi_now_ns(void);
/* CONTEXT: any. */
u64 kapi_random_u64(void);
/* Lets others run.  CONTEXT: process, no lock held. */
void kapi_cond_resched(void);

/* ---- features that stand on unexported symbols ------------------------------------- */

enum kapi_feature {
	KAPI_FEATURE_SYSFS,	/* the mm directory of sysfs */
	KAPI_FEATURE_VADDR,	/* page tables of processes */
	KAPI_FEATURE_PADDR,	/* folios and their reverse map */
	KAPI_FEATURE_BINARY,	/* files that are longer than a page */
	KAPI_FEATURE_RECLAIM,	/* taking folios off their lists, and paging out */
	KAPI_FEATURE_LRU,	/* moving folios between lists */
	KAPI_FEATURE_MADVISE,	/* advice about others' mappings */
	KAPI_FEATURE_MIGRATE,	/* moving folios between nodes */
	KAPI_FEATURE_MEMCG,	/* what memory cgroups use of nodes */
	KAPI_FEATURE_PSI,	/* time lost waiting for memory */
	KAPI_NR_FEATURES,
};

/* False: a symbol was missing at load; the log has named it.  CONTEXT: any. */
bool kapi_has_feature(int feature);

/* ---- processes --------------------------------------------------------------------- */

struct kapi_pid;	/* a reference to a process id: pins no task and no memory */
struct kapi_mm;		/* a reference to an address space in use */

struct kapi_range {
	u64 start, end;	/* bytes, half-open */
};

/* By number in the caller's pid namespace; NULL: none.  CONTEXT: process. */
KAPI_MUST_CHECK struct kapi_pid *kapi_pid_get(int number);
void kapi_pid_put(struct kapi_pid *pid);

/* The address space of @pid as of now; NULL: it has none any more.  CONTEXT: process. */
KAPI_MUST_CHECK struct kapi_mm *kapi_mm_get(struct kapi_pid *pid);
/* Whether @pid still has a process, if only one that has exited and that its parent has not
 * waited for.  Never true for kernel threads.  CONTEXT: any. */
bool kapi_pid_has_process(struct kapi_pid *pid);
/* Never tears the address space down in the caller.  CONTEXT: process. */
void kapi_mm_put(struct kapi_mm *mm);

/*
 * Fills @out with up to @max mapped ranges that end above @from, in address order; mappings
 * that touch come as one, and those that allow no access and never did do not count.  Fewer
 * than @max: there are no more.  CONTEXT: process, may sleep; takes the mmap lock for reading
 * for a bounded number of mappings at a time.
 */
u32 kapi_mm_mapped(struct kapi_mm *mm, u64 from, struct kapi_range *out, u32 max);
/* Differs when what is mapped has changed, but for unlikely coincidences.  CONTEXT: any. */
u64 kapi_mm_changes(struct kapi_mm *mm);

/* ---- access checks ----------------------------------------------------------------- */

enum kapi_outcome {
	/* Nothing can be said. */
	KAPI_ABSENT,		/* no memory there that can be watched */
	KAPI_BUSY,		/* others were at it, or it is not the page it was */
	/* What can be said. */
	KAPI_IDLE,		/* not accessed since the clearing, or not in use at all */
	KAPI_ACCESSED,
	KAPI_NR_OUTCOMES,
};

/*
 * One page to watch for one sampling interval.  The caller sets addr; clearing fills in
 * the rest, testing reads that and decides about outcome.
 */
struct kapi_access_check {
	u64 addr;	/* bytes, page aligned */
	u32 pfn;	/* low half of the page frame number seen at clearing */
	u8 flags;	/* the shim's own */
	u8 outcome;	/* enum kapi_outcome */
	u16 own;	/* the caller's */
};

/*
 * Both take @n checks sorted by address.  What is not mapped then and now is idle; what was
 * mapped since is accessed if its bit says so.  CONTEXT: process, may sleep; the mmap lock is
 * held for reading for a bounded number of checks at a time and given up early for a
 * waiting writer.  The TLB is never flushed.
 */
void kapi_prepare_access_checks(struct kapi_mm *mm, struct kapi_access_check *checks, u32 n);
void kapi_check_accesses(struct kapi_mm *mm, struct kapi_access_check *checks, u32 n);

/* ---- physical memory --------------------------------------------------------------- */

/*
 * Fills @out with up to @max ranges of System RAM that is on line and ends above @from, in
 * address order; those that touch come as one.  Fewer than @max: there are no more.
 * CONTEXT: process, may sleep.
 */
u32 kapi_ram_ranges(u64 from, struct kapi_range *out, u32 max);
/* Grows when memory is brought on line or off.  CONTEXT: any. */
u64 kapi_ram_changes(void);

/*
 * Access checks as above, by physical address: a page stands for its folio, accessed by
 * anybody.  Free memory is idle, the kernel's own is absent.
 * CONTEXT: process, may sleep.
 */
void kapi_phys_prepare_access_checks(struct kapi_access_check *checks, u32 n);
void kapi_phys_check_accesses(struct kapi_access_check *checks, u32 n);

/* ---- attributes of pages ----------------------------------------------------------- */

/* What an access check's page is, by the folio that it belongs to. */
struct kapi_page {
	u64 memcg;	/* the memory cgroup it is charged to, as kapi_memcg_find() has it; or 0 */
	u32 nr_pages;	/* in the folio; 0: neither anonymous memory nor a file's is there */
	u16 anon;	/* 1: not of a file */
	u16 node;	/* of NUMA, that it lives on */
};

/* Both fill @pages for @n checks sorted by address, of which only addr matters.  CONTEXT: as
 * for clearing and testing. */
void kapi_describe_pages(struct kapi_mm *mm, const struct kapi_access_check *checks,
			 struct kapi_page *pages, u32 n);
void kapi_phys_describe_pages(const struct kapi_access_check *checks, struct kapi_page *pages,
			      u32 n);

/* The id, for as long as the system runs, of the memory cgroup at @path of the unified
 * hierarchy, as the caller sees it.  -ENOENT, -ENOMEM; -EOPNOTSUPP: this kernel has none.
 * CONTEXT: process, may sleep. */
KAPI_MUST_CHECK int kapi_memcg_find(const char *path, u32 length, u64 *id);

/* ---- actions on memory -------------------------------------------------------------- */

enum kapi_action {
	KAPI_ACTION_WILLNEED,	/* the first six of processes, as madvise() has them */
	KAPI_ACTION_COLD,
	KAPI_ACTION_PAGEOUT,	/* reclaims, and never demotes; also of physical memory */
	KAPI_ACTION_HUGEPAGE,
	KAPI_ACTION_NOHUGEPAGE,
	KAPI_ACTION_COLLAPSE,
	KAPI_ACTION_LRU_PRIO,	/* of physical memory: to the active list */
	KAPI_ACTION_LRU_DEPRIO, /* to the inactive list */
	KAPI_ACTION_MIGRATE,	/* to other nodes */
	KAPI_ACTION_STAT,	/* only counts what passes the filters */
	KAPI_NR_ACTIONS,
};

enum kapi_filter_type {
	KAPI_FILTER_ANON,
	KAPI_FILTER_MEMCG,
	KAPI_FILTER_YOUNG,	/* and if it is young, it is no longer */
	KAPI_FILTER_HUGEPAGE_SIZE,
	KAPI_FILTER_UNMAPPED,
	KAPI_FILTER_ACTIVE,
	KAPI_FILTER_NODE,
	KAPI_NR_FILTER_TYPES,
};

/* The first filter whose test gives @matching decides about a folio: @allow. */
struct kapi_filter {
	u8 type;	/* enum kapi_filter_type */
	u8 matching;
	u8 allow;
	u64 memcg;	/* as kapi_memcg_find() has it */
	u64 min, max;	/* both inclusive: bytes of the folio, or node numbers */
};

struct kapi_destination {
	u32 node;
	u32 weight;
};

/*
 * An action on the folios of a range, done in parts.  Where an action allows no filters (advice
 * about mappings: willneed, hugepage, nohugepage, collapse), there are none here.
 */
struct kapi_action_request {
	u8 action;		/* enum kapi_action */
	u8 pass_by_default;	/* what is so where no filter decides */
	s32 target_node;	/* of migrations without destinations */
	u32 rest_ms;		/* they leave alone what one brought here so lately; 0: nothing */
	const struct kapi_filter *filters;
	u32 nr_filters;
	u32 nr_destinations;
	const struct kapi_destination *destinations;	/* of processes' memory only */
	u64 total_weight;	/* of all destinations; not 0 if there is one */
	/* The range; each call takes its part from the start, where the next one goes on.  A
	 * large folio may reach beyond the end, and is done as a whole. */
	u64 start, end;
	/* What each call adds to. */
	u64 applied_bytes;	/* what the action has done as it should */
	u64 passed_bytes;	/* what passed the filters, if there is a folio */
	/* The last folio seen, as its first PFN plus one: kept by the caller from one
	 * range to the next, so that a folio in both is done once.  0: none. */
	u64 last_folio;
};

/*
 * Does a part of @request, of bounded time and at least a page, and advances its start.  Folios that
 * cannot be handled (busy, pinned, gone) are left as they were and do not count.  Migration is
 * strict: to the node named, without reclaim there, and not below what that node keeps free
 * for itself; an unusable node moves nothing.  CONTEXT: process, may sleep; no lock is held between calls.
 */
void kapi_phys_apply(struct kapi_action_request *request);
/* From now on it is remembered what migrations brought where, as rest_ms needs; that takes 2 MiB.
 * -ENOMEM.  CONTEXT: process, may sleep. */
KAPI_MUST_CHECK int kapi_record_migrations(void);
/* Advice other than pageout and cold takes mappings whole, and applied_bytes are what the kernel took
 * without an error; the others follow the page tables. */
void kapi_mm_apply(struct kapi_mm *mm, struct kapi_action_request *request);
/* Whether @action is there on this kernel, for memory of processes or physical memory.
 * CONTEXT: any. */
bool kapi_can_apply(int action, bool physical);

/* ---- what memory is used for --------------------------------------------------------- */

struct kapi_memory {
	u64 total_bytes, free_bytes;
};

/* Of node @node, or with -1 of the whole system.  -ENOENT: no such node, or one without memory.
 * CONTEXT: any. */
KAPI_MUST_CHECK int kapi_memory_of(s32 node, struct kapi_memory *memory);
/* How much of @node's memory is on the LRU lists of a memory cgroup.  -ENOENT: there is no such
 * cgroup any more; -EOPNOTSUPP.  CONTEXT: process. */
KAPI_MUST_CHECK int kapi_memcg_on_node(u64 memcg, s32 node, u64 *bytes);
/* All of the system's LRU lists.  CONTEXT: any. */
void kapi_lru_bytes(u64 *active, u64 *inactive);
/* What an entry of a page middle directory maps: a power of two.  CONTEXT: any. */
u64 kapi_huge_page_bytes(void);
/* Anonymous, shared and file memory in transparent huge pages.  CONTEXT: any. */
u64 kapi_hugepage_bytes(void);
/* For how long some task has waited for memory, since boot.  -EOPNOTSUPP: not accounted on this
 * kernel.  CONTEXT: process. */
KAPI_MUST_CHECK int kapi_psi_some_memory_us(u64 *total_us);

/* ---- trace events ------------------------------------------------------------------ */

enum kapi_trace_event {
	KAPI_TRACE_AGGREGATED,		/* damon_aggregated */
	KAPI_TRACE_REGION_AGGREGATED,	/* damon_region_aggregated */
	KAPI_TRACE_BEFORE_APPLY,	/* damos_before_apply */
	KAPI_TRACE_INTERVALS_TUNE,	/* damon_monitor_intervals_tune */
	KAPI_TRACE_STAT_AFTER_APPLY,	/* damos_stat_after_apply_interval */
	KAPI_TRACE_ESZ,			/* damos_esz */
	KAPI_NR_TRACE_EVENTS,
};

/* Addresses and sizes are in what the context's user counts in. */
struct kapi_trace_region {
	u64 target;	/* its index in the context */
	u64 start, end;
	u32 nr_regions;	/* of the target */
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

/* Whether anybody listens to this kind of event now.  CONTEXT: any, and cheap. */
bool kapi_trace_enabled(int event);

/* The rest tells those who listen, if any.  CONTEXT: any. */
void kapi_trace_damon_aggregated(const struct kapi_trace_region *region);
/* @hits: what each of @nr_hits probes has counted. */
void kapi_trace_damon_region_aggregated(const struct kapi_trace_region *region, const u8 *hits,
					u32 nr_hits);
void kapi_trace_damos_before_apply(u32 scheme, const struct kapi_trace_region *region);
void kapi_trace_damon_monitor_intervals_tune(u64 sample_us);
void kapi_trace_damos_stat_after_apply_interval(u32 scheme, const struct kapi_trace_stats *stats);
void kapi_trace_damos_esz(u32 scheme, u64 size);

/* ---- directories of files ---------------------------------------------------------- */

struct kapi_dir;	/* one directory in sysfs */
struct kapi_dir_kind;	/* the files that all directories of one kind have */

struct kapi_file {
	const char *name;	/* static */
	u16 mode;		/* 0600 or 0400 */
	bool binary;		/* 0400, no text, and of any length */
};

/* Makes the kind known; it stays until kapi_dir_kinds_free().  NULL: no memory.
 * CONTEXT: process. */
KAPI_MUST_CHECK struct kapi_dir_kind *kapi_dir_kind_make(const struct kapi_file *files, u32 n);
/* Waits until no directory is left, then frees all kinds.  CONTEXT: process, sleeps. */
void kapi_dir_kinds_free(void);

/*
 * Adds the directory @name below @parent (NULL: the kernel's own "mm") with the files of
 * @kind, but for binary ones where KAPI_FEATURE_BINARY is missing.  Reads and writes arrive as
 * damonxx_file_show() and damonxx_file_store() with @owner, reads of binary files as
 * damonxx_file_read().  CONTEXT: process, may sleep.
 */
KAPI_MUST_CHECK int kapi_dir_add(struct kapi_dir **dir, struct kapi_dir *parent,
				 const char *name, const struct kapi_dir_kind *kind,
				 void *owner);
/* Lets @dir, which is in the kernel's "mm", have @name there too until it is removed, as a
 * symbolic link; 0 also if the name is taken.  For one directory at a time.  CONTEXT: process,
 * may sleep. */
KAPI_MUST_CHECK int kapi_dir_link(struct kapi_dir *dir, const char *name);
/* Takes the directory away and waits for handlers that are inside its files.  Its
 * children must be gone.  CONTEXT: process, sleeps. */
void kapi_dir_remove(struct kapi_dir *dir);

#ifdef __cplusplus
}
#endif
#endif
