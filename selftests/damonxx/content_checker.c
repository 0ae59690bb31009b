// SPDX-License-Identifier: GPL-2.0
/*
 * content_checker: a process with memory of known content, part of it hot, that tells when the content has changed.
 *
 *	content_checker [OPTION...] HOT_MIB COLD_MIB
 *
 *	--node N	on this NUMA node at first, where it may be moved away from
 *	--huge		in transparent huge pages; else they are refused
 *	--blocks	in small pages that lie together in physical memory, 2 MiB of them at least, whatever earlier tests
 *			have left behind (where the kernel cannot split huge pages: in small pages)
 *	--plain		neither: as the system has it
 *	--file PATH	a file of its own, mapped and shared, and not in memory at first
 *	--later		touches the cold part only upon the first step
 *	--out		has the cold part swapped out at first
 *	--active	has the cold part on the list of active memory at first, if there is such a list
 *	--report MS	says how the passes went when so much time is over, too
 *	--rest MS	sleeps so long between two passes over the hot part (2)
 *	--hold HOW	what else is done to the cold part:
 *			shared		a child maps it, too
 *			locked		mlock()
 *			handled		its faults go to a userfaultfd
 *			pinned		it is a registered buffer of an io_uring
 *			piped		vmsplice() has put it into a pipe, which is read and compared at the first step
 *			poisoned	each 64th page is said to be broken; a line "frame NUMBER" for each of them
 *			poisoned-huge	as poisoned, but in huge pages that were pinned, so that the kernel could not
 *					take the broken pages out
 *
 * It writes each page at its first touch, and touches the hot part again and again.  Upon SIGUSR1 it takes a step:
 * it reads all that it has written and says "intact BYTES", or "changed ADDRESS".  It also says "hot START END" and
 * "cold START END", in decimal; after each step "ready STEP", and before it "passes COUNT NS LONGEST_NS": the hot passes since
 * it last said so, and what they took without the rests between them.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "common.h"

#define PAGE 4096ul
#define LINE 64ul
#define MIB (1ul << 20)
#define HUGE (2 * MIB)

static volatile sig_atomic_t steps;

static void on_step(int signal)
{
	(void)signal;
	steps = steps + 1;
}

/* One word in each line says where it is; the next one is for touching. */
static uint64_t content_of(const char *line)
{
	return (uint64_t)line * 0x9e3779b97f4a7c15u | 1;
}

static void fill(char *at, unsigned long bytes)
{
	for (char *line = at; line < at + bytes; line += LINE)
		*(volatile uint64_t *)line = content_of(line);
}

/* Pages that are broken are not read: from here on each 64th. */
static const char *first_broken;

static bool is_broken(const char *line)
{
	return first_broken && line >= first_broken &&
	       (unsigned long)(line - first_broken) % (64 * PAGE) < PAGE;
}

/* NULL, or the first address that changed. */
static const char *find_change(const char *at, unsigned long bytes)
{
	for (const char *line = at; line < at + bytes; line += LINE)
		if (!is_broken(line) && *(const volatile uint64_t *)line != content_of(line))
			return line;
	return NULL;
}

/* Every eighth line. */
static void touch(char *at, unsigned long bytes)
{
	for (unsigned long i = 0; i < bytes; i += 8 * LINE)
		++*(volatile uint64_t *)(at + i + 8);
}

static unsigned long passes, passes_ns, longest_ns;

static void pass(char *at, unsigned long bytes)
{
	const unsigned long began_ns = now_ns();
	unsigned long ns;

	touch(at, bytes);
	ns = now_ns() - began_ns;
	passes++;
	passes_ns += ns;
	longest_ns = ns > longest_ns ? ns : longest_ns;
}

static void report_passes(void)
{
	printf("passes %lu %lu %lu\n", passes, passes_ns, longest_ns);
	passes = passes_ns = longest_ns = 0;
}

/* An emulated TLB hardly ever evicts; taking access from more than 33 pages flushes all of it. */
static void flush_tlb(void)
{
	static char *scratch;

	if (!scratch) {
		scratch = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (scratch == MAP_FAILED)
			err(1, "scratch");
	}
	mprotect(scratch, 64 * PAGE, PROT_NONE);
	mprotect(scratch, 64 * PAGE, PROT_READ | PROT_WRITE);
}

static void place(char *at, unsigned long bytes, long node)
{
	const unsigned long mask = 1ul << node;

	if (syscall(SYS_mbind, at, bytes, 2 /* MPOL_BIND */, &mask, sizeof(mask) * 8, 0))
		err(1, "cannot use node %ld", node);
}

/* Where memory goes that is touched from now on, or moved. */
static void free_place(char *at, unsigned long bytes)
{
	syscall(SYS_mbind, at, bytes, 0 /* MPOL_DEFAULT */, NULL, 0ul, 0);
}

static char *map_file(const char *path, unsigned long bytes)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *at;

	if (fd < 0 || ftruncate(fd, bytes))
		err(1, "%s", path);
	at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		err(1, "%s", path);
	fill(at, bytes);
	if (msync(at, bytes, MS_SYNC) ||
	    mmap(at, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != at ||
	    fsync(fd) || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) ||
	    mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) != at)
		err(1, "%s", path);
	/* Else reading one page brings its neighbours. */
	madvise(at, bytes, MADV_RANDOM);
	return at;
}

/* With whole huge pages. */
static char *map_memory(unsigned long bytes)
{
	char *at = mmap(NULL, bytes + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0),
	     *start;

	if (at == MAP_FAILED)
		err(1, "cannot map %lu MiB", bytes / MIB);
	start = (char *)(((unsigned long)at + HUGE - 1) & ~(HUGE - 1));
	if (start > at)
		munmap(at, start - at);
	munmap(start + bytes, at + HUGE - start);
	return start;
}

#define SPLITTER "/sys/kernel/debug/split_huge_pages"

static void split_huge_pages(char *at, unsigned long bytes)
{
	char text[64];
	int error;

	snprintf(text, sizeof(text), "%d,0x%lx,0x%lx", getpid(), (unsigned long)at,
		 (unsigned long)at + bytes);
	error = write_text(SPLITTER, text);
	if (error)
		errx(1, "%s: %s", SPLITTER, strerror(error));
	madvise(at, bytes, MADV_NOHUGEPAGE);
}

static void swap_out(char *at, unsigned long bytes)
{
	if (madvise(at, bytes, MADV_PAGEOUT))
		err(1, "cannot page out");
}

/* Whoever reads a process's memory from outside marks it accessed; twice makes it active. */
static void activate(char *at, unsigned long bytes)
{
	const unsigned long size = 256 * PAGE;
	char *const buffer = malloc(size);

	for (unsigned long i = 0; i < 3 * bytes; i += size) {
		struct iovec to = {buffer, size}, from = {at + i % bytes, size};

		if (process_vm_readv(getpid(), &to, 1, &from, 1, 0) < 0)
			err(1, "cannot read myself");
	}
	free(buffer);
}

/* A step ends it. */
static void rest(unsigned long ns)
{
	nanosleep(&(struct timespec){ns / 1000000000, ns % 1000000000}, NULL);
}

/* What --hold does. */

static void share(void)
{
	const pid_t pid = fork();

	if (pid < 0)
		err(1, "cannot fork");
	if (pid)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static void handle_faults(char *at, unsigned long bytes)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register area = {
		.range = {(unsigned long)at, bytes},
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	const int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &area))
		err(1, "userfaultfd");
}

/* Until the file is closed. */
static int pin(char *at, unsigned long bytes)
{
	struct io_uring_params parameters = {0};
	const struct iovec buffer = {at, bytes};
	const int fd = syscall(SYS_io_uring_setup, 4, &parameters);

	if (fd < 0 || syscall(SYS_io_uring_register, fd, IORING_REGISTER_BUFFERS, &buffer, 1))
		err(1, "io_uring");
	return fd;
}

static int pipe_ends[2];

static void put_into_pipe(char *at, unsigned long bytes)
{
	struct iovec rest = {at, bytes};

	if (pipe(pipe_ends) || fcntl(pipe_ends[1], F_SETPIPE_SZ, bytes) < 0)
		err(1, "no pipe for %lu bytes", bytes);
	while (rest.iov_len) {
		const ssize_t n = vmsplice(pipe_ends[1], &rest, 1, SPLICE_F_NONBLOCK);

		if (n <= 0)
			err(1, "vmsplice");
		rest.iov_base = (char *)rest.iov_base + n;
		rest.iov_len -= n;
	}
}

static void check_pipe(const char *at, unsigned long bytes)
{
	char *copy = malloc(bytes);
	unsigned long got = 0;
	ssize_t n;

	close(pipe_ends[1]);
	while (copy && got < bytes && (n = read(pipe_ends[0], copy + got, bytes - got)) > 0)
		got += n;
	for (unsigned long i = 0; i < bytes; i += LINE)
		if (got != bytes || *(uint64_t *)(copy + i) != content_of(at + i)) {
			printf("changed %lu, in the pipe\n", (unsigned long)at + i);
			break;
		}
	free(copy);
	pipe_ends[0] = 0;
}

/* The kernel tells of a broken page; nobody reads it. */
static void on_broken(int signal)
{
	(void)signal;
}

#define PAGEMAP_FRAME ((1ull << 55) - 1)

static void poison(char *at, unsigned long bytes)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	if (fd < 0)
		err(1, "pagemap");
	signal(SIGBUS, on_broken);
	first_broken = at + 3 * PAGE;
	for (char *page = at + 3 * PAGE; page < at + bytes; page += 64 * PAGE) {
		if (pread(fd, &entry, sizeof(entry), (unsigned long)page / PAGE * sizeof(entry)) !=
		    sizeof(entry))
			err(1, "pagemap");
		printf("frame %llu\n", (unsigned long long)(entry & PAGEMAP_FRAME));
		if (madvise(page, PAGE, MADV_HWPOISON) && errno != EHWPOISON && errno != EBUSY)
			err(1, "cannot poison");
	}
	close(fd);
}

static void hold(char *at, unsigned long bytes, const char *how)
{
	if (!strcmp(how, "shared")) {
		share();
	} else if (!strcmp(how, "locked")) {
		if (mlock(at, bytes))
			err(1, "mlock");
	} else if (!strcmp(how, "handled")) {
		handle_faults(at, bytes);
	} else if (!strcmp(how, "pinned")) {
		pin(at, bytes);
	} else if (!strcmp(how, "piped")) {
		put_into_pipe(at, bytes);
	} else if (!strcmp(how, "poisoned")) {
		poison(at, bytes);
	} else if (!strcmp(how, "poisoned-huge")) {
		const int fd = pin(at, bytes);

		poison(at, bytes);
		close(fd);
	} else {
		errx(2, "memory cannot be held '%s'", how);
	}
}

static void check(const char *at, unsigned long bytes)
{
	const char *changed = find_change(at, bytes);

	if (changed)
		printf("changed %lu\n", (unsigned long)changed);
	else
		printf("intact %lu\n", bytes);
}

static unsigned long megabytes(const char *word)
{
	char *end;
	unsigned long n = strtoul(word, &end, 0);

	if (!*word || *end)
		errx(2, "'%s' is no size in MiB", word);
	return n * MIB;
}

int main(int argc, char **argv)
{
	bool huge = false, blocks = false, plain = false, later = false, out = false,
	     active = false, filled;
	const char *path = NULL, *how = NULL;
	unsigned long hot, cold, report_ns = 0, rest_ns = 2000000, began_ns;
	long node = -1;
	int done = 0;
	char *at;

	for (argv++; *argv && !strncmp(*argv, "--", 2); argv++) {
		if (!strcmp(*argv, "--node") && argv[1])
			node = strtol(*++argv, NULL, 0);
		else if (!strcmp(*argv, "--file") && argv[1])
			path = *++argv;
		else if (!strcmp(*argv, "--huge"))
			huge = true;
		else if (!strcmp(*argv, "--blocks"))
			huge = blocks = !access(SPLITTER, W_OK);
		else if (!strcmp(*argv, "--plain"))
			plain = true;
		else if (!strcmp(*argv, "--later"))
			later = true;
		else if (!strcmp(*argv, "--out"))
			out = true;
		else if (!strcmp(*argv, "--active"))
			active = true;
		else if (!strcmp(*argv, "--hold") && argv[1])
			how = *++argv;
		else if (!strcmp(*argv, "--report") && argv[1])
			report_ns = strtoul(*++argv, NULL, 0) * 1000000;
		else if (!strcmp(*argv, "--rest") && argv[1])
			rest_ns = strtoul(*++argv, NULL, 0) * 1000000;
		else
			errx(2, "there is no option %s", *argv);
	}
	if (argc < 3 || !argv[0] || !argv[1])
		errx(2, "usage: content_checker [OPTION...] HOT_MIB COLD_MIB");
	hot = megabytes(argv[0]);
	cold = megabytes(argv[1]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGUSR1, on_step);
	flush_tlb();

	at = path ? map_file(path, hot + cold) : map_memory(hot + cold);
	if (!plain && !path)
		madvise(at, hot + cold, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	if (node >= 0)
		place(at, hot + cold, node);
	filled = path || !later;
	if (!path)
		fill(at, later ? hot : hot + cold);
	if (blocks)
		split_huge_pages(at, hot + cold);
	if (node >= 0)
		free_place(at, hot + cold);
	if (out)
		swap_out(at + hot, cold);
	if (active)
		activate(at + hot, cold);
	if (how)
		hold(at + hot, cold, how);
	printf("hot %lu %lu\ncold %lu %lu\n", (unsigned long)at, (unsigned long)at + hot,
	       (unsigned long)at + hot, (unsigned long)at + hot + cold);
	touch(at, hot);
	printf("ready 0\n");
	began_ns = now_ns();
	for (;;) {
		if (hot)
			flush_tlb();
		pass(at, hot);
		rest(hot ? rest_ns : 50000000);
		if (report_ns && now_ns() - began_ns >= report_ns) {
			report_passes();
			report_ns = 0;
		}
		if (steps == done)
			continue;
		report_passes();
		done++;
		if (!filled)
			fill(at + hot, cold);
		filled = true;
		check(at, hot + cold);
		if (pipe_ends[0])
			check_pipe(at + hot, cold);
		printf("ready %d\n", done);
	}
}
