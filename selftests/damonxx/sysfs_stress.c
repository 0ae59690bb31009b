// SPDX-License-Identifier: GPL-2.0
/*
 * sysfs_stress [-r ROOT] [-m FILE.ko] [-w FACTOR] SECONDS [SEED]: many processes do everything to the tree below ROOT at
 * once, and ask for the module to be unloaded (-m; it is loaded again).  It takes the tree as it finds it: of names
 * it knows only those that make a kdamond run.  It goes on for SECONDS, and up to eight times as long until each
 * kind of operation has succeeded once; while there is no tree, no time passes.  Then everybody must come back
 * within 90 s.  All pauses and this limit are FACTOR times as long on a machine where everything takes FACTOR times
 * as long; else what one process needs ten operations for, the others would always have taken away by the ninth.
 *
 * Process I's operation N draws all its random numbers from SEED, I and N, so the streams of operations are the
 * same in each run; which of them meet is up to the scheduler.
 *
 * Prints what came of each kind of operation, how often each kind of file was written, and who hangs where.  Exit
 * status 1 if somebody hangs, an operation never succeeded, or a writable file was never written.
 */
#define _GNU_SOURCE
#include "common.h"
#include "walk.h"
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

#define KDAMONDS 3
#define MEETING (KDAMONDS - 1) /* the one whose commands meet the removal of its context */
#define TARGETS 4
#define BATCH 16 /* operations on what one walk found */
#define MAX_ERRNO 200
#define MAX_FILES 512

struct tally {
	char name[40];
	unsigned long fine, refused[MAX_ERRNO], longest_ms;
};

/* A kind of file: a path with N for every number. */
struct file {
	char path[160];
	bool writable;
	unsigned int seen, written;
};

static struct shared {
	bool stopping;
	char lock;
	pid_t targets[TARGETS];
	unsigned int nr_tallies, nr_files;
	struct tally tallies[64];
	struct file files[MAX_FILES];
} * shared;

static const char *root = "/sys/kernel/mm/damonxx/admin", *module;
static unsigned long seconds, seed = 1, slow = 1, random_state;

static bool over(void)
{
	return __atomic_load_n(&shared->stopping, __ATOMIC_RELAXED);
}

static void lock(void)
{
	while (__atomic_test_and_set(&shared->lock, __ATOMIC_ACQUIRE))
		sched_yield();
}

static void unlock(void)
{
	__atomic_clear(&shared->lock, __ATOMIC_RELEASE);
}

/* splitmix64 */
static unsigned long draw(void)
{
	unsigned long z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static unsigned int below(unsigned int n)
{
	return draw() % n;
}

static void nap(unsigned int most_us)
{
	usleep(below(most_us) * slow);
}

static bool tree_is_there(void)
{
	return !access(root, F_OK);
}

static unsigned long start_ns, begun_ns;

/* An operation begins. */
static void begin(void)
{
	begun_ns = now_ns();
}

/* What came of an operation, and how long it took since begin(): 0 or the errno. */
static void count(const char *name, int error)
{
	const unsigned long ms = (now_ns() - begun_ns) / 1000000;
	struct tally *t = shared->tallies;

	lock();
	while (t < shared->tallies + shared->nr_tallies && strcmp(t->name, name))
		t++;
	if (t == shared->tallies + shared->nr_tallies && shared->nr_tallies < 63)
		snprintf(shared->tallies[shared->nr_tallies++].name, sizeof(t->name), "%s", name);
	t->longest_ms = ms > t->longest_ms ? ms : t->longest_ms;
	unlock();
	__atomic_add_fetch(error ? &t->refused[error % MAX_ERRNO] : &t->fine, 1, __ATOMIC_RELAXED);
}

/* How often it went well so far. */
static unsigned long successes(const char *name)
{
	for (struct tally *t = shared->tallies; t < shared->tallies + shared->nr_tallies; t++)
		if (!strcmp(t->name, name))
			return __atomic_load_n(&t->fine, __ATOMIC_RELAXED);
	return 0;
}

/* Only the first ones work: for a quarter of the time, or until it was enough. */
static bool begun_alone(void)
{
	const unsigned long ns = now_ns() - start_ns, quarter_ns = seconds * 1000000000ul / 4;

	return ns < quarter_ns || (ns < 3 * quarter_ns && !successes("remove the kdamond"));
}

static int put(const char *text, const char *format, ...)
{
	char path[512];
	va_list args;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	return write_text(path, text);
}

static const char *decimal(unsigned long number)
{
	static char text[32];

	sprintf(text, "%lu", number);
	return text;
}

/* Those below a number are many and alike, so only the first ones are looked at. */
static struct list *found(unsigned char type)
{
	static struct list list;

	list_empty(&list);
	walk(&list, root, type, 4);
	return &list;
}

static const char *any(const struct list *list)
{
	return list->n ? list->paths[draw() % list->n] : root;
}

/* ---- targets come and go, and execute something else */

static void be_target(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGALRM, SIG_DFL);
	for (unsigned int rounds = 5 + below(100); rounds; rounds--) {
		size_t bytes = 1 << (16 + below(7));
		char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		nap(20000);
		if (at != MAP_FAILED)
			munmap(at, bytes);
	}
	execl("/proc/self/exe", "sysfs_stress", "--target", decimal(draw()), NULL);
	_exit(1);
}

static void replace_target(void)
{
	pid_t *slot = &shared->targets[below(TARGETS)], pid;

	begin();
	if (*slot > 0) {
		kill(*slot, SIGKILL);
		waitpid(*slot, NULL, 0);
	}
	pid = fork();
	if (!pid)
		be_target();
	*slot = pid;
	count("kill and start a target", pid < 0 ? errno : 0);
	nap(300000);
}

/* ---- kdamonds are set up and used */

static const char *const keywords[] = {
	"on",
	"off",
	"commit",
	"update_schemes_stats",
	"update_schemes_tried_regions",
	"update_schemes_tried_bytes",
	"clear_schemes_tried_regions",
	"commit_schemes_quota_goals",
	"update_schemes_effective_quotas",
	"update_tuned_intervals",
	"nonsense",
};

#define NR_KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

static void give_command(unsigned int kdamond, unsigned int keyword)
{
	char name[64];
	int error;

	begin();
	error = put(keywords[keyword], "%s/kdamonds/%u/state", root, kdamond);
	snprintf(name, sizeof(name), "state %s", keywords[keyword]);
	count(name, error);
	/* Others are faster to bring it back when this does not take their time. */
	if (error == ENOENT || error == ENODEV)
		nap(20000);
}

/* As a user would; the intervals are such that a kdamond has something to do. */
static void set_up(unsigned int kdamond, pid_t target)
{
	const struct {
		const char *file;
		unsigned long value;
	} values[] = {
		{"contexts/nr_contexts", 1},
		{"contexts/0/monitoring_attrs/intervals/sample_us", 1000 + below(5000)},
		{"contexts/0/monitoring_attrs/intervals/aggr_us", 10000 + below(50000)},
		{"contexts/0/monitoring_attrs/intervals/update_us", 10000 + below(100000)},
		{"contexts/0/monitoring_attrs/nr_regions/min", 3 + below(100)},
		{"contexts/0/monitoring_attrs/nr_regions/max", 103 + below(300)},
		{"contexts/0/targets/nr_targets", 1},
		{"contexts/0/targets/0/pid_target", target},
		{"contexts/0/schemes/nr_schemes", 1},
		{"contexts/0/schemes/0/access_pattern/sz/max", -1ul},
		{"contexts/0/schemes/0/access_pattern/nr_accesses/max", 1000},
		{"contexts/0/schemes/0/access_pattern/age/max", 1000},
		{"contexts/0/schemes/0/quotas/bytes", below(3) ? 4096 << below(12) : 0},
		{"contexts/0/schemes/0/quotas/reset_interval_ms", below(100)},
		{"contexts/0/schemes/0/ops_filters/nr_filters", below(2)},
	};
	/* Of those that every kernel has. */
	static const char *const actions[] = {"stat", "cold", "pageout", "willneed", "lru_prio"};
	const unsigned int nr = sizeof(values) / sizeof(values[0]);
	unsigned int done = 0;
	int error = 0;

	begin();
	while (done < nr && !error) {
		error = put(decimal(values[done].value), "%s/kdamonds/%u/%s", root, kdamond,
			    values[done].file);
		done += !error;
	}
	if (!error)
		error = put(actions[below(5)], "%s/kdamonds/%u/contexts/0/schemes/0/action", root,
			    kdamond);
	count("set up", error);
}

/* Of those that a running kdamond takes, the one that succeeded least. */
static unsigned int neglected_keyword(void)
{
	const unsigned int first = 2, last = 9;
	unsigned long least = -1ul;
	unsigned int keyword = first;
	char name[64];

	for (unsigned int i = first; i <= last; i++) {
		unsigned long times;

		snprintf(name, sizeof(name), "state %s", keywords[i]);
		times = successes(name);
		if (times < least) {
			least = times;
			keyword = i;
		}
	}
	return keyword;
}

static void build(void)
{
	unsigned int kdamond = below(KDAMONDS);

	if (put("off", "%s/kdamonds/%u/state", root, kdamond) == ENOENT)
		put(decimal(KDAMONDS), "%s/kdamonds/nr_kdamonds", root);
	set_up(kdamond, shared->targets[below(TARGETS)]);
	give_command(kdamond, 0);
	give_command(kdamond, neglected_keyword());
	for (unsigned int i = 0; i < 3; i++)
		give_command(kdamond, 2 + below(NR_KEYWORDS - 2));
	nap(20000);
}

static void command(void)
{
	unsigned int kdamond = below(KDAMONDS);

	for (unsigned int i = 0; i < 4; i++)
		give_command(kdamond, below(4) ? 2 + below(NR_KEYWORDS - 2) : below(NR_KEYWORDS));
	nap(2000);
}

/*
 * One kdamond's commands meet its end and the removal of its context, again and again.  At first they are alone with
 * it, so that it can also be removed itself, which no other one that runs then forbids.
 */
static unsigned int meeting_place(void)
{
	return begun_alone() ? 0 : MEETING;
}

static void meet_commands(void)
{
	unsigned int kdamond = meeting_place();

	for (unsigned int i = 0; i < BATCH && !over(); i++)
		give_command(kdamond, below(NR_KEYWORDS));
}

/* These wait for the tree's lock inside of what is about to be removed. */
static void meet_counts(void)
{
	unsigned int kdamond = meeting_place();

	for (unsigned int i = 0; i < BATCH && !over(); i++) {
		int error;

		begin();
		error = put(decimal(below(4)), "%s/kdamonds/%u/contexts/0/schemes/nr_schemes", root,
			    kdamond);
		count("count", error);
		if (error == ENOENT)
			nap(2000);
	}
}

static void meet_removal(void)
{
	unsigned int kdamond = meeting_place();
	bool alone = begun_alone();
	pid_t target = fork();

	if (!target) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	if (alone)
		put("1", "%s/kdamonds/nr_kdamonds", root);
	set_up(kdamond, target);
	give_command(kdamond, 0);
	nap(50000);
	if (below(2))
		put("0", "%s/kdamonds/%u/contexts/nr_contexts", root, kdamond);
	kill(target, SIGKILL);
	waitpid(target, NULL, 0);
	nap(50000);
	begin();
	if (alone)
		count("remove the kdamond", put("0", "%s/kdamonds/nr_kdamonds", root));
	if (alone)
		put("1", "%s/kdamonds/nr_kdamonds", root);
	for (unsigned int i = 0; i < BATCH && !over(); i++) {
		begin();
		count("remove the context",
		      put("0", "%s/kdamonds/%u/contexts/nr_contexts", root, kdamond));
		put("1", "%s/kdamonds/%u/contexts/nr_contexts", root, kdamond);
		nap(4000);
	}
}

/* ---- directories come and go */

static void change_counts(void)
{
	struct list *files = found(DT_REG);

	for (unsigned int i = 0; i < BATCH && !over(); i++) {
		const char *path = any(files), *name = strrchr(path, '/') + 1;
		bool top = !strcmp(name, "nr_kdamonds");

		/* The deeper, the oftener: what is above must last for what is below. */
		if (strncmp(name, "nr_", 3) || (top && below(8)) ||
		    (!strcmp(name, "nr_contexts") && below(4)))
			continue;
		begin();
		count(top ? "count of kdamonds" : "count",
		      put(decimal(below(64) ? below(4) : below(300)), "%s", path));
		nap(5000);
	}
}

/* ---- every file is written */

static struct file *file_of(const char *path)
{
	char *to, pattern[sizeof(shared->files[0].path)] = "";
	const char *from = path + strlen(root);
	struct stat st = {0};
	struct file *f;

	for (to = pattern; *from && to < pattern + sizeof(pattern) - 2; *to++ = *from++)
		if (from[0] == '/' && from[1] >= '0' && from[1] <= '9') {
			*to++ = '/';
			for (*to++ = 'N', from++; *from >= '0' && *from <= '9'; from++)
				;
			if (!*from)
				break;
		}
	if (stat(path, &st))
		return NULL;
	lock();
	for (f = shared->files; f < shared->files + shared->nr_files && strcmp(f->path, pattern);
	     f++)
		;
	if (f == shared->files + shared->nr_files && shared->nr_files < MAX_FILES - 1) {
		strcpy(f->path, pattern);
		f->writable = st.st_mode & 0200;
		shared->nr_files++;
	}
	unlock();
	return f;
}

/* What is wanted most of what a walk found: the kind of file that was written the least. */
static const char *neglected(struct list *files, struct file **kind)
{
	const char *chosen = NULL;

	for (unsigned int i = 0; i < files->n; i++) {
		struct file *f = file_of(files->paths[i]);

		if (!f || !f->writable)
			continue;
		__atomic_add_fetch(&f->seen, 1, __ATOMIC_RELAXED);
		if (chosen && f->written >= (*kind)->written)
			continue;
		chosen = files->paths[i];
		*kind = f;
	}
	return chosen;
}

static const char *const sorts[] = {"garbage", "huge value", "negative value", "nothing",
				    "valid value"};
#define NR_SORTS (sizeof(sorts) / sizeof(sorts[0]))

static size_t garbage(char *text)
{
	static const char *const near_misses[] = {"+",	"0x",  "1.5",	       " 1",
						  "1 ", "Y N", "vaddr,fvaddr", "\n\n"};
	size_t size = below(below(8) ? 32 : 5000);

	if (!below(3))
		return sprintf(text, "%s", near_misses[below(8)]);
	for (size_t i = 0; i < size; i++)
		text[i] = draw();
	return size;
}

static size_t huge(char *text)
{
	static const char *const numbers[] = {
		"4294967295",		"4294967296",	 "18446744073709551615",
		"18446744073709551616", "1099511627776", "0xffffffffffff",
	};
	size_t size = 4000 + below(8000);

	if (below(6))
		return sprintf(text, "%s\n", numbers[below(6)]);
	memset(text, '1' + below(9), size);
	return size;
}

/* What is there now, or something near. */
static size_t valid(char *text, const char *path)
{
	static const char *const words[] = {
		"Y",
		"N",
		"vaddr",
		"fvaddr",
		"paddr",
		"stat",
		"pageout",
		"cold",
		"willneed",
		"hugepage",
		"nohugepage",
		"collapse",
		"lru_prio",
		"lru_deprio",
		"migrate_hot",
		"migrate_cold",
		"none",
		"free_mem_rate",
		"node_free_mem_rate",
		"consist",
		"temporal",
		"proportional",
		"user_input",
		"some_mem_psi_us",
		"node_mem_used_bp",
		"node_sys_bp",
		"active_mem_bp",
		"hugepage_mem_bp",
		"raise",
		"lower",
		"anon",
		"memcg",
		"young",
		"hugepage_size",
		"unmapped",
		"active",
		"node",
		"addr",
		"target",
		"probe_hits_wsum",
		"/",
	};
	int fd = open(path, O_RDONLY);
	ssize_t size = fd < 0 ? -1 : read(fd, text, 4096);

	if (fd >= 0)
		close(fd);
	if (size > 0 && below(2))
		return size;
	if (size > 0 && text[0] >= '0' && text[0] <= '9')
		return sprintf(text, "%u\n", below(1u << below(13)));
	return sprintf(text, "%s\n",
		       below(3) ? words[below(sizeof(words) / sizeof(words[0]))]
				: keywords[below(NR_KEYWORDS)]);
}

static size_t value(char *text, unsigned int sort, const char *path)
{
	switch (sort) {
	case 0:
		return garbage(text);
	case 1:
		return huge(text);
	case 2:
		return sprintf(text, "-%u", 1u << below(32));
	case 3:
		return sprintf(text, "%s", below(2) ? "" : "\n");
	default:
		return valid(text, path);
	}
}

/* Thousands of directories would only slow the stress down. */
static bool too_many(const char *path, const char *text)
{
	unsigned long number = strtoul(text, NULL, 0);

	return !strncmp(strrchr(path, '/') + 1, "nr_", 3) && number > 3 && number < 100000;
}

static void write_one(const char *path, struct file *kind)
{
	static char text[16384];
	unsigned int sort = below(NR_SORTS);
	size_t size = value(text, sort, path);
	int fd, error;

	begin();
	fd = open(path, below(2) ? O_RDWR : O_WRONLY);
	error = errno;
	text[size] = 0;
	if (too_many(path, text))
		size = sprintf(text, "2");
	if (fd >= 0) {
		error = write(fd, text, size) < 0 ? errno : 0;
		close(fd);
		if (kind)
			__atomic_add_fetch(&kind->written, 1, __ATOMIC_RELAXED);
	}
	count(sorts[sort], error);
}

static void write_all(void)
{
	struct list *files = found(DT_REG);
	struct file *kind = NULL;
	const char *path = neglected(files, &kind);

	if (path)
		write_one(path, kind);
	for (unsigned int i = 0; i < BATCH && files->n && !over(); i++) {
		path = any(files);
		/* Else little else would ever be there. */
		if (strstr(path, "/nr_kdamonds") && below(8))
			continue;
		write_one(path, file_of(path));
	}
}

/* ---- everything is read, and held open */

static void read_all(void)
{
	struct list *files = found(DT_REG);
	char text[8192];

	for (unsigned int i = 0; i < files->n && !over(); i++) {
		int fd;

		begin();
		fd = open(files->paths[i], O_RDONLY);
		count("read", fd < 0 ? errno : read(fd, text, sizeof(text)) < 0 ? errno : 0);
		if (fd >= 0)
			close(fd);
	}
}

/* Files and directories stay open across whatever happens to them, and are used then. */
static void hold(void)
{
	static int held[BATCH];
	static char text[4096];
	struct list *files = found(below(3) ? DT_REG : DT_DIR);

	for (unsigned int i = 0; i < BATCH && !over(); i++) {
		ssize_t done = 0;

		begin();
		if (held[i] > 0) {
			done = below(2) ? read(held[i], text, sizeof(text))
					: write(held[i], "1", 1);
			if (done < 0 && errno == EISDIR)
				done = syscall(SYS_getdents64, held[i], text, sizeof(text));
			count("use what is held", done < 0 ? errno : 0);
			close(held[i]);
		}
		if (files->n) {
			held[i] = open(any(files), O_RDWR);
			if (held[i] < 0)
				held[i] = open(any(files), O_RDONLY);
		}
		nap(10000);
	}
}

/* ---- the module goes and comes */

static int load(void)
{
	int fd = open(module, O_RDONLY | O_CLOEXEC), error = fd < 0 ? errno : 0;

	if (fd >= 0) {
		error = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
		close(fd);
	}
	return error;
}

static bool in_use(const char *name)
{
	char path[128], text[16] = "0";
	int fd;

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	fd = open(path, O_RDONLY);
	if (fd >= 0 && read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '0';
	close(fd);
	return atoi(text);
}

static bool unload(const char *name, const char *when)
{
	int error;

	begin();
	error = syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
	count(when, error);
	return !error;
}

/*
 * Again and again while it is in use, which it may have ceased to be just then.  Otherwise for a fifth of the time
 * at the most: without a module there is no stress.
 */
static void reload(void)
{
	static unsigned long next_ns;
	static char name[64];
	unsigned long begin_ns;
	bool gone = false;

	if (!module) {
		pause();
		return;
	}
	snprintf(name, sizeof(name), "%s", strrchr(module, '/') + 1);
	*strchrnul(name, '.') = 0;
	nap(200000);
	begin_ns = now_ns();
	if (in_use(name))
		gone = unload(name, "unload while it is in use");
	for (unsigned int i = 0; i < 20 && !gone && now_ns() > next_ns && !over(); i++) {
		for (unsigned int k = 0; k < KDAMONDS; k++)
			put("off", "%s/kdamonds/%u/state", root, k);
		gone = unload(name, "unload when all is off");
	}
	if (!gone)
		return;
	begin();
	count("load", load());
	next_ns = now_ns() + 4 * (now_ns() - begin_ns);
}

static const struct process {
	const char *name;
	void (*act)(void);
	enum { EARLY = 1, IMPATIENT = 2 } how;
} processes[] = {
	{"commands that meet a removal", meet_commands, EARLY},
	{"commands that meet a removal", meet_commands, EARLY},
	{"counts that meet a removal", meet_counts, EARLY},
	{"counts that meet a removal", meet_counts, EARLY},
	{"removals that meet commands", meet_removal, EARLY},
	{"reading", read_all, EARLY},
	{"targets", replace_target, 0},
	{"set-up", build, 0},
	{"set-up", build, IMPATIENT},
	{"commands", command, 0},
	{"commands", command, IMPATIENT},
	{"counts", change_counts, 0},
	{"writing", write_all, 0},
	{"writing", write_all, IMPATIENT},
	{"holding", hold, 0},
	{"reloading", reload, 0},
};

#define NR_PROCESSES (sizeof(processes) / sizeof(processes[0]))

static void on_signal(int signal)
{
	(void)signal;
}

/*
 * Some are interrupted now and then, as by an impatient user.  Not all, and nobody at the end: a signal also frees
 * whom something else should have woken up.
 */
static void be_impatient(void)
{
	struct sigaction act = {.sa_handler = on_signal}; /* without SA_RESTART */
	struct itimerval often = {{2 * slow, 0}, {2 * slow, 0}};

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static pid_t start(unsigned int i)
{
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (processes[i].how == IMPATIENT)
		be_impatient();
	while (processes[i].how != EARLY && begun_alone() && !over())
		usleep(50000);
	for (unsigned long n = 0; !over(); n++) {
		random_state = seed << 48 ^ (unsigned long)i << 40 ^ n;
		processes[i].act();
		/* Who loads the module needs the processor more than those who find nothing. */
		if (!tree_is_there())
			nap(40000);
	}
	exit(0);
}

static void tell(const struct tally *t)
{
	printf("%s: %lu", t->name, t->fine);
	for (int error = 0; error < MAX_ERRNO; error++)
		if (t->refused[error])
			printf(", %lu %s", t->refused[error], strerrorname_np(error));
	printf("; longest %lu ms\n", t->longest_ms);
}

/*
 * A stress in which something never succeeded was none.  But what needs others to leave the tree alone for a while
 * has little chance where everything takes ten times as long, the stress included.
 */
static bool all_succeeded(bool tell_it)
{
	static const struct {
		const char *name;
		bool in_peace;
	} needed[] = {
		{.name = "count"},
		{.name = "read"},
		{.name = "kill and start a target"},
		{"set up", true},
		{"nothing", true},
		{"valid value", true},
		{"use what is held", true},
		{"remove the context", true},
		{"state on", true},
		{"state off", true},
		{"state clear_schemes_tried_regions", true},
		{"state commit", true},
		{"state update_schemes_stats", true},
		{"state update_schemes_tried_regions", true},
		{"remove the kdamond", true},
		{"state commit_schemes_quota_goals", true},
		{"state update_schemes_effective_quotas", true},
	};
	bool all = true;

	for (unsigned int i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		const bool must = slow == 1 || !needed[i].in_peace;

		if (successes(needed[i].name))
			continue;
		all &= !must;
		if (tell_it)
			printf("never succeeded%s: %s\n", must ? "" : ", as all is slow here",
			       needed[i].name);
	}
	return all;
}

/* What nobody met often enough may be new. */
static bool tell_files(void)
{
	unsigned int writable = 0, least = -1u;
	bool all = true;

	for (struct file *f = shared->files; f < shared->files + shared->nr_files; f++) {
		if (!f->writable)
			continue;
		writable++;
		if (f->written || f->seen > 20)
			least = f->written < least ? f->written : least;
		if (!f->written && f->seen > 20) {
			printf("never written: %s\n", f->path);
			/* On a busy host chance leaves some out. */
			all &= f->seen < 500;
		}
	}
	printf("kinds of files: %u, %u of them writable; each of these was written %u times at "
	       "least\n",
	       shared->nr_files, writable, least + 1 ? least : 0);
	return all && writable;
}

/* If the module cannot be loaded any more, there is an end, too. */
static void rage(void)
{
	unsigned long there = 0;

	for (unsigned long s = 0; s < 10 * seconds && there < 8 * seconds; s++) {
		if (there >= seconds && all_succeeded(false))
			break;
		sleep(1);
		there += tree_is_there();
	}
}

static void show_stack(pid_t pid)
{
	char command[64];

	snprintf(command, sizeof(command), "cat /proc/%d/stack", pid);
	fflush(stdout);
	if (system(command))
		puts("(no stack)");
}

/* Turns everything off, as a user may who wants to see the end of it: that frees who waits for regions. */
static pid_t start_calming(void)
{
	pid_t pid = fork();

	for (int i = 0; !pid; i++) {
		put("off", "%s/kdamonds/%u/state", root, i % KDAMONDS);
		usleep(50000);
	}
	return pid;
}

static bool wait_for_all(pid_t *pids)
{
	const unsigned long begin_ns = now_ns(), second_ns = 1000000000;
	pid_t calming = start_calming();
	unsigned int left = NR_PROCESSES;

	while (left && now_ns() - begin_ns < 90 * slow * second_ns) {
		for (unsigned int i = 0; i < NR_PROCESSES; i++)
			if (pids[i] && waitpid(pids[i], NULL, WNOHANG) == pids[i]) {
				pids[i] = 0;
				left--;
			}
		usleep(50000);
	}
	kill(calming, SIGKILL);
	for (unsigned int i = 0; i < NR_PROCESSES; i++)
		if (pids[i]) {
			printf("hangs: %s, process %d\n", processes[i].name, pids[i]);
			show_stack(pids[i]);
		}
	return !left;
}

int main(int argc, char **argv)
{
	pid_t pids[NR_PROCESSES];
	bool all_back, all_right;
	int option;

	if (argc == 3 && !strcmp(argv[1], "--target")) {
		random_state = strtoul(argv[2], NULL, 0);
		be_target();
	}
	while ((option = getopt(argc, argv, "r:m:w:")) != -1)
		switch (option) {
		case 'r':
			root = optarg;
			break;
		case 'm':
			module = realpath(optarg, NULL);
			break;
		case 'w':
			slow = atoi(optarg);
			break;
		default:
			return 2;
		}
	seconds = optind < argc ? atoi(argv[optind++]) : 0;
	seed = optind < argc ? strtoul(argv[optind], NULL, 0) : seed;
	if (!seconds || !slow)
		errx(2, "usage: sysfs_stress [-r ROOT] [-m FILE.ko] [-w FACTOR] SECONDS [SEED]");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		err(2, "no memory");
	setvbuf(stdout, NULL, _IOLBF, 0);
	start_ns = now_ns();
	for (unsigned int i = 0; i < NR_PROCESSES; i++)
		pids[i] = start(i);
	rage();
	shared->stopping = true;
	all_back = wait_for_all(pids);
	for (unsigned int i = 0; i < shared->nr_tallies; i++)
		tell(&shared->tallies[i]);
	all_right = tell_files() & all_succeeded(true) & all_back;
	if (module && !tree_is_there() && load())
		errx(1, "%s cannot be loaded any more", module);
	return !all_right;
}
