// SPDX-License-Identifier: GPL-2.0
/*
 * storm SECONDS [SEED]: many processes do everything to the tree at once: change counts, set kdamonds up,
 * give commands, write nonsense, read all, and let targets come and go.  Prints what they did.  Exit status
 * 1, and where it hangs, if any of them does not come back.
 */
#define _GNU_SOURCE
#include "common.h"
#include <err.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define ADMIN		"/sys/kernel/mm/damonxx/admin/kdamonds"
#define KDAMONDS	3
#define TARGETS		4
#define MAX_ERRNO	200

struct tally {
	unsigned long fine, refused[MAX_ERRNO];
};

static struct shared {
	int stopping;
	pid_t targets[TARGETS];
	struct tally tallies[16];
} *shared;

static struct tally *tally;

static bool over(void)
{
	return __atomic_load_n(&shared->stopping, __ATOMIC_RELAXED);
}

static unsigned int below(unsigned int n)
{
	return random() % n;
}

static void count(int error)
{
	if (!error)
		tally->fine++;
	else if (error < MAX_ERRNO)
		tally->refused[error]++;
}

static void put(const char *path, const char *text)
{
	count(write_text(path, text));
}

static void put_number(const char *path, unsigned long number)
{
	char text[32];

	sprintf(text, "%lu", number);
	put(path, text);
}

/* A path below one of the kdamonds. */
static const char *in_kdamond(const char *rest)
{
	static char path[256];

	snprintf(path, sizeof(path), ADMIN "/%u/%s", below(KDAMONDS), rest);
	return path;
}

static void change_counts(void)
{
	static const char *const counts[] = {
		"contexts/nr_contexts", "contexts/0/targets/nr_targets", "contexts/0/schemes/nr_schemes",
		"contexts/0/targets/0/regions/nr_regions", "contexts/0/targets/1/regions/nr_regions",
	};

	if (!below(4))
		put_number(ADMIN "/nr_kdamonds", below(KDAMONDS + 1));
	else
		put_number(in_kdamond(counts[below(5)]), below(16) ? below(4) : below(300));
	usleep(below(20000));
}

static void set_up(void)
{
	char dir[64], path[256];
	struct {
		const char *file;
		unsigned long value;
	} const values[] = {
		{ "contexts/nr_contexts", 1 },
		{ "contexts/0/monitoring_attrs/intervals/sample_us", 1000 + below(5000) },
		{ "contexts/0/monitoring_attrs/intervals/aggr_us", 10000 + below(50000) },
		{ "contexts/0/monitoring_attrs/intervals/update_us", 10000 + below(100000) },
		{ "contexts/0/monitoring_attrs/nr_regions/min", 3 + below(100) },
		{ "contexts/0/monitoring_attrs/nr_regions/max", 103 + below(1000) },
		{ "contexts/0/targets/nr_targets", 1 },
		{ "contexts/0/targets/0/pid_target", shared->targets[below(TARGETS)] },
		{ "contexts/0/schemes/nr_schemes", 1 },
		{ "contexts/0/schemes/0/access_pattern/sz/max", -1ul },
		{ "contexts/0/schemes/0/access_pattern/nr_accesses/max", 1000 },
		{ "contexts/0/schemes/0/access_pattern/age/max", 1000 },
	};

	snprintf(dir, sizeof(dir), ADMIN "/%u", below(KDAMONDS));
	for (unsigned int i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, values[i].file);
		put_number(path, values[i].value);
	}
	snprintf(path, sizeof(path), "%s/state", dir);
	put(path, "on");
	usleep(below(30000));
}

static const char *const keywords[] = {
	"on", "off", "commit", "update_schemes_stats", "update_schemes_tried_regions",
	"update_schemes_tried_bytes", "clear_schemes_tried_regions", "commit_schemes_quota_goals",
	"update_schemes_effective_quotas", "update_tuned_intervals", "nonsense",
};

static void command(void)
{
	put(in_kdamond("state"), keywords[below(10) ? below(11) : 0]);
	usleep(below(5000));
}

/* One of the files that are there now, every one with the same chance. */
static char chosen[512];
static unsigned int seen;

static int choose(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)at;
	if (type == FTW_F && !below(++seen))
		snprintf(chosen, sizeof(chosen), "%s", path);
	return 0;
}

static const char *some_file(void)
{
	seen = 0;
	nftw(ADMIN, choose, 16, FTW_PHYS);
	return chosen;
}

/* Numbers that a user might mean are small enough for the memory of a small machine. */
static size_t nonsense(char *text)
{
	static const char *const near_misses[] = {
		"", "\n", "-1", "+", "0x", "18446744073709551615", "18446744073709551616", "Y", "vaddr", "fvaddr",
		"paddr", "stat", "4294967295", "1099511627776",
	};
	size_t size;

	switch (below(4)) {
	case 0:
		return sprintf(text, "%s", near_misses[below(14)]);
	case 1:
		return sprintf(text, "%u\n", below(1u << below(13)));
	case 2:
		return sprintf(text, "%s", keywords[below(11)]);
	default:
		size = below(below(8) ? 32 : 5000);
		for (size_t i = 0; i < size; i++)
			text[i] = random();
		return size;
	}
}

static void write_nonsense(void)
{
	static char text[8192];
	size_t size = nonsense(text);
	const char *path = some_file();
	int fd = open(path, O_RDWR);

	/* Thousands of directories would only slow the storm down. */
	if (strstr(path, "/nr_") && size > 2)
		size = 2;
	count(fd < 0 ? errno : write(fd, text, size) < 0 ? errno : 0);
	if (fd >= 0)
		close(fd);
}

static int read_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	char text[8192];
	int fd;

	(void)st, (void)at;
	if (type != FTW_F)
		return over();
	fd = open(path, O_RDONLY);
	count(fd < 0 ? errno : read(fd, text, sizeof(text)) < 0 ? errno : 0);
	if (fd >= 0)
		close(fd);
	return over();
}

static void read_all(void)
{
	nftw(ADMIN, read_one, 16, FTW_PHYS);
}

/* Keeps a file open across whatever happens to its directory. */
static void hold_file(void)
{
	int fd = open(some_file(), O_RDONLY);
	char text[4096];

	usleep(below(50000));
	count(fd < 0 ? errno : read(fd, text, sizeof(text)) < 0 ? errno : 0);
	if (fd >= 0)
		close(fd);
}

static pid_t start_target(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	for (;;) {
		size_t bytes = 1 << (16 + below(8));
		char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		usleep(1000 + below(20000));
		if (at != MAP_FAILED)
			munmap(at, bytes);
	}
}

static void replace_target(void)
{
	pid_t *slot = &shared->targets[below(TARGETS)];

	if (*slot > 0) {
		kill(*slot, SIGKILL);
		waitpid(*slot, NULL, 0);
	}
	*slot = start_target();
	count(*slot < 0 ? errno : 0);
	usleep(below(100000));
}

static const struct kind {
	const char *name;
	void (*act)(void);
} kinds[] = {
	{ "targets", replace_target },
	{ "counts", change_counts }, { "counts", change_counts },
	{ "set-up", set_up }, { "set-up", set_up },
	{ "commands", command }, { "commands", command }, { "commands", command },
	{ "nonsense", write_nonsense },
	{ "reading", read_all }, { "holding", hold_file },
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void on_signal(int signal)
{
	(void)signal;
}

static pid_t start(unsigned int i, unsigned int seed)
{
	struct sigaction act = { .sa_handler = on_signal };	/* without SA_RESTART */
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGTERM, &act, NULL);
	srandom(seed * 1000 + i);
	tally = &shared->tallies[i];
	while (!over())
		kinds[i].act();
	exit(0);
}

static void tell(const char *name, const struct tally *t)
{
	printf("%s: %lu", name, t->fine);
	for (int error = 0; error < MAX_ERRNO; error++)
		if (t->refused[error])
			printf(", %lu %s", t->refused[error], strerrorname_np(error));
	putchar('\n');
}

static void show_stack(pid_t pid)
{
	char command[64];

	snprintf(command, sizeof(command), "cat /proc/%d/stack", pid);
	fflush(stdout);
	if (system(command))
		puts("(no stack)");
}

/* Who waits for regions may wait long, and is sent a signal; for that nobody has an excuse. */
static bool wait_for_all(pid_t *pids)
{
	unsigned int left = NR_KINDS;

	for (int tick = 0; tick < 600 && left; tick++) {
		for (unsigned int i = 0; i < NR_KINDS; i++)
			if (pids[i] && waitpid(pids[i], NULL, WNOHANG) == pids[i]) {
				pids[i] = 0;
				left--;
			} else if (pids[i] && tick >= 20) {
				kill(pids[i], SIGTERM);
			}
		usleep(50000);
	}
	for (unsigned int i = 0; i < NR_KINDS; i++)
		if (pids[i]) {
			printf("hangs: %s, process %d\n", kinds[i].name, pids[i]);
			show_stack(pids[i]);
		}
	return !left;
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? atoi(argv[1]) : 0, seed = argc > 2 ? atoi(argv[2]) : 1;
	pid_t pids[NR_KINDS];
	bool all_back;

	if (!seconds)
		errx(2, "usage: storm SECONDS [SEED]");
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		err(2, "no memory");
	for (unsigned int i = 0; i < NR_KINDS; i++)
		pids[i] = start(i, seed);
	sleep(seconds);
	shared->stopping = 1;
	all_back = wait_for_all(pids);
	for (unsigned int i = 0; i < NR_KINDS; i++)
		tell(kinds[i].name, &shared->tallies[i]);
	return !all_back;
}
