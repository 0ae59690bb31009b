// SPDX-License-Identifier: GPL-2.0
/*
 * content_stress SEED: writes, forks, unmaps and collapses until SIGTERM, and always knows what its memory must contain.
 *
 * Three areas: anonymous memory, a file mapped private, and shared memory.  Each page has a version, of which its content
 * follows; version 0 is what it is without a write.  Whatever a process reads is compared, in children too, which have
 * copies of their own of all but the shared area.
 *
 * Prints "ready", then upon a difference "changed ADDRESS: FOUND instead of WANTED in VERSION", and in the end
 * "did NAME COUNT" for each operation and "checked PAGES".  Exit status 1 if anything has changed.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE	4096ul
#define HUGE	(2ul << 20)
#define PAGES	(2 * HUGE / PAGE)	/* of an area */
#define RUN	64ul			/* at most, for one operation */

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static struct area {
	const char *name;
	char *at;
	int fd;	/* -1: of no file */
	bool shared;
	uint32_t version[PAGES];
} areas[] = {
	{ .name = "anonymous" },
	{ .name = "private" },
	{ .name = "shared", .shared = true },
};
#define NR_AREAS (sizeof(areas) / sizeof(areas[0]))

static uint64_t state;

static uint64_t random_below(uint64_t bound)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % bound;
}

/* A word for each 64 bytes; the others stay 0. */
static uint64_t content_of(const struct area *a, unsigned long page, unsigned int line)
{
	if (!a->version[page])
		return 0;
	return ((page << 40) ^ ((uint64_t)a->version[page] << 8) ^ line) * 0x9e3779b97f4a7c15u | 1;
}

static uint64_t *word_of(const struct area *a, unsigned long page, unsigned int line)
{
	return (uint64_t *)(a->at + page * PAGE + line * 64);
}

static void write_page(struct area *a, unsigned long page)
{
	a->version[page]++;
	for (unsigned int line = 0; line < PAGE / 64; line++)
		*(volatile uint64_t *)word_of(a, page, line) = content_of(a, page, line);
}

static unsigned long checked;

static void check_page(const struct area *a, unsigned long page)
{
	for (unsigned int line = 0; line < PAGE / 64; line++) {
		const uint64_t found = *(volatile uint64_t *)word_of(a, page, line);

		if (found == content_of(a, page, line))
			continue;
		printf("changed %s page %lu line %u: %#llx instead of %#llx in version %u\n", a->name, page, line,
		       (unsigned long long)found, (unsigned long long)content_of(a, page, line), a->version[page]);
		fflush(stdout);
		_exit(1);
	}
	checked++;
}

static struct area *any_area(void)
{
	return &areas[random_below(NR_AREAS)];
}

/* A run of pages. */
struct run {
	struct area *area;
	unsigned long first, end;
};

static struct run any_run(struct area *a)
{
	const unsigned long first = random_below(PAGES), count = 1 + random_below(RUN);

	return (struct run){ a, first, first + count < PAGES ? first + count : PAGES };
}

static void check_run(struct run run)
{
	for (unsigned long page = run.first; page < run.end; page++)
		check_page(run.area, page);
}

static void write_run(struct run run)
{
	for (unsigned long page = run.first; page < run.end; page++) {
		check_page(run.area, page);
		write_page(run.area, page);
	}
}

static void map(struct area *a, unsigned long first, unsigned long end)
{
	const int how = a->shared ? MAP_SHARED : MAP_PRIVATE, fixed = a->at ? MAP_FIXED : 0;
	char *at = mmap(a->at ? a->at + first * PAGE : NULL, (end - first) * PAGE, PROT_READ | PROT_WRITE,
			how | fixed | (a->fd < 0 ? MAP_ANONYMOUS : 0), a->fd, a->fd < 0 ? 0 : first * PAGE);

	if (at == MAP_FAILED)
		err(1, "cannot map memory");
	if (!a->at)
		a->at = at;
}

/* Operations. */

static void do_write(void)
{
	write_run(any_run(any_area()));
}

static void do_check(void)
{
	check_run(any_run(any_area()));
}

/* What a child does to its copies nobody else sees; of the shared area it is a reader. */
static void in_child(void)
{
	for (unsigned int i = 0; i < 4; i++) {
		struct run own = any_run(&areas[random_below(2)]);

		check_run(any_run(any_area()));
		write_run(own);
		check_run(own);
		if (i == 2)
			munmap(own.area->at + own.first * PAGE, (PAGES - own.first) * PAGE);
		if (i == 2)
			break;
		usleep(300);
	}
	_exit(0);
}

static void do_fork(void)
{
	pid_t pids[3];
	int status;

	for (unsigned int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			err(1, "fork");
		state += 77;
		if (!pids[i])
			in_child();
	}
	/* Meanwhile the parent has to copy what it writes. */
	write_run(any_run(&areas[random_below(2)]));
	for (unsigned int i = 0; i < 3; i++)
		if (waitpid(pids[i], &status, 0) != pids[i] || status)
			errx(1, "a child ended with status %#x", status);
}

/* What is mapped anew is as it was without any write; of shared memory, as it was. */
static void do_unmap(void)
{
	struct run run = any_run(any_area());

	munmap(run.area->at + run.first * PAGE, (run.end - run.first) * PAGE);
	map(run.area, run.first, run.end);
	if (!run.area->shared)
		memset(&run.area->version[run.first], 0, (run.end - run.first) * sizeof(run.area->version[0]));
	check_run(run);
}

static void do_drop(void)
{
	struct run run = any_run(any_area());

	madvise(run.area->at + run.first * PAGE, (run.end - run.first) * PAGE, MADV_DONTNEED);
	if (!run.area->shared)
		memset(&run.area->version[run.first], 0, (run.end - run.first) * sizeof(run.area->version[0]));
	check_run(run);
}

static void do_collapse(void)
{
	char *at = (char *)(((uintptr_t)areas[0].at + HUGE - 1) & -HUGE);

	madvise(at, HUGE, MADV_HUGEPAGE);
	madvise(at, HUGE, MADV_COLLAPSE);
}

static struct {
	const char *name;
	void (*act)(void);
	unsigned int share, count;	/* how often, of 16 */
} operations[] = {
	{ .name = "write", .act = do_write, .share = 5 },
	{ .name = "check", .act = do_check, .share = 4 },
	{ .name = "fork", .act = do_fork, .share = 2 },
	{ .name = "unmap", .act = do_unmap, .share = 2 },
	{ .name = "drop", .act = do_drop, .share = 2 },
	{ .name = "collapse", .act = do_collapse, .share = 1 },
};
#define NR_OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static volatile sig_atomic_t told_to_end;

static void on_term(int signal)
{
	(void)signal;
	told_to_end = 1;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		errx(2, "usage: content_stress SEED");
	state = strtoull(argv[1], NULL, 0) * 0x9e3779b97f4a7c15u + 1;
	signal(SIGTERM, on_term);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned int i = 0; i < NR_AREAS; i++) {
		areas[i].fd = i ? memfd_create("content_stress", 0) : -1;
		if (i && (areas[i].fd < 0 || ftruncate(areas[i].fd, PAGES * PAGE)))
			err(1, "cannot make a file");
		map(&areas[i], 0, PAGES);
		for (unsigned long page = 0; page < PAGES; page += 1 + random_below(3))
			write_page(&areas[i], page);
	}
	printf("ready\n");
	while (!told_to_end) {
		int64_t which = random_below(16);
		unsigned int i = 0;

		while (which >= operations[i].share)
			which -= operations[i++].share;
		operations[i].act();
		operations[i].count++;
		usleep(500);
	}
	for (unsigned int i = 0; i < NR_AREAS; i++)
		for (unsigned long page = 0; page < PAGES; page++)
			check_page(&areas[i], page);
	for (unsigned int i = 0; i < NR_OPERATIONS; i++)
		printf("did %s %u\n", operations[i].name, operations[i].count);
	printf("checked %lu\n", checked);
	return 0;
}
