// SPDX-License-Identifier: GPL-2.0
/*
 * workload: a process to be monitored, of a chosen kind.
 *
 *	workload idle MIB		maps and faults in MIB, and waits
 *	workload busy MIB		touches one half of MIB again and again, the other half never
 *	workload thp MIB		the same in transparent huge pages
 *	workload hugetlb MIB	the same in hugetlb pages of 2 MiB
 *	workload gigantic		touches a page of 1 GiB again and again; step: no more
 *	workload tables MIB	maps 1 GiB of hugetlb pages of 2 MiB, touches MIB of it once, and waits; a child with the
 *				same page tables touches one half of those again and again; says "child PID", too
 *	workload file PATH	maps a file, reads all of it once, little by little, and waits
 *	workload mixed PATH	as busy, with 16 MiB, and maps a file
 *	workload grow MIB		step: maps MIB more; step: unmaps them
 *	workload reserve MIB	sets addresses aside without access; step: touches them
 *	workload sparse GIB	maps GIB, of which it touches one page in each
 *	workload exec MIB		step: executes itself as "busy MIB"
 *	workload lonely		step: unmaps all but one page of code
 *	workload vmas N		has N mappings more than usual, and touches the last of them again and again
 *	workload leaderless MIB	as busy, by a thread; step: the thread group's leader exits
 *	workload frames		touches frames that the kernel does not manage, and the vDSO's data
 *
 * A step is taken upon SIGUSR1.  What a test must know goes to stdout, addresses in decimal:
 * "hot START END", "cold START END", "file START END", "huge KIB" and, after the begin and each step, "ready STEP".
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/rseq.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul
#define MIB (1ul << 20)
#define HUGE (2 * MIB)

static volatile sig_atomic_t steps;

static void on_step(int signal)
{
	(void)signal;
	steps = steps + 1;
}

static void ready(void)
{
	printf("ready %d\n", (int)steps);
}

static void nap(long us)
{
	nanosleep(&(struct timespec){0, us * 1000}, NULL);
}

static void await_step(int step)
{
	while (steps < step)
		nap(10000);
}

static void wait_for_ever(void)
{
	for (;;)
		pause();
}

static char *map(unsigned long bytes, int flags)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags,
			-1, 0);

	if (at == MAP_FAILED)
		err(1, "cannot map %lu KiB", bytes / 1024);
	return at;
}

/* Only writes: reading first would map zero pages, and writing then split the huge one. */
static void touch(char *at, unsigned long bytes)
{
	for (unsigned long i = 0; i < bytes; i += PAGE)
		((volatile char *)at)[i] = 1;
}

/* An emulated TLB hardly ever evicts; taking access from more than 33 pages flushes all of it. */
static void flush_tlb(void)
{
	static char *scratch;

	if (!scratch) {
		scratch = map(64 * PAGE, 0);
		touch(scratch, 64 * PAGE);
	}
	mprotect(scratch, 64 * PAGE, PROT_NONE);
	mprotect(scratch, 64 * PAGE, PROT_READ | PROT_WRITE);
}

static void keep_hot(char *at, unsigned long bytes)
{
	for (;;) {
		touch(at, bytes);
		flush_tlb();
		nap(2000);
	}
}

static void say(const char *what, char *at, unsigned long bytes)
{
	printf("%s %lu %lu\n", what, (unsigned long)at, (unsigned long)at + bytes);
}

/* The first half of each area is hot.  Areas begin and end at huge page bounds. */
static char *make_area(unsigned long bytes, int flags, int advice)
{
	char *at = map(bytes + HUGE, flags);

	at = (char *)(((unsigned long)at + HUGE - 1) & ~(HUGE - 1));
	if (advice)
		madvise(at, bytes, advice);
	touch(at, bytes);
	say("hot", at, bytes / 2);
	say("cold", at + bytes / 2, bytes / 2);
	return at;
}

/* How much of the area at @start is in transparent huge pages. */
static void say_huge(char *start)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	unsigned long from, to, kib;
	bool inside = false;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = from <= (unsigned long)start && (unsigned long)start < to;
		else if (inside && sscanf(line, "AnonHugePages: %lu", &kib) == 1)
			printf("huge %lu\n", kib);
	}
}

static void busy(unsigned long bytes, int flags, int advice)
{
	char *area = make_area(bytes, flags, advice);

	say_huge(area);
	ready();
	keep_hot(area, bytes / 2);
}

#define GIB (1ul << 30)

#ifndef MAP_HUGE_1GB
#define MAP_HUGE_1GB (30 << MAP_HUGE_SHIFT)
#endif

static void gigantic(void)
{
	char *at = map(GIB, MAP_HUGETLB | MAP_HUGE_1GB);

	touch(at + GIB / 2, PAGE);
	say("hot", at, GIB);
	ready();
	while (steps < 1) {
		touch(at + GIB / 2, PAGE);
		flush_tlb();
		nap(2000);
	}
	ready();
	wait_for_ever();
}

/* Tables of hugetlb pages are shared where a mapping has a whole one. */
static void tables(unsigned long bytes)
{
	char *at =
		mmap((void *)(64 * GIB), GIB, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
		     -1, 0);
	pid_t child;

	if (at == MAP_FAILED)
		err(1, "cannot map hugetlb pages");
	touch(at, bytes);
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		touch(at, bytes);
		keep_hot(at, bytes / 2);
	}
	printf("child %d\n", child);
	say("hot", at, bytes / 2);
	say("cold", at + bytes / 2, bytes / 2);
	ready();
	wait_for_ever();
}

static void idle(unsigned long bytes)
{
	touch(map(bytes, 0), bytes);
	ready();
	wait_for_ever();
}

static char *map_file(const char *path, unsigned long *bytes)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *at;

	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", path);
	at = mmap(NULL, st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		err(1, "cannot map %s", path);
	*bytes = st.st_size;
	return at;
}

static void file(const char *path)
{
	unsigned long bytes;
	char *at = map_file(path, &bytes);

	say("file", at, bytes);
	for (unsigned long i = 0; i < bytes; i += PAGE) {
		((volatile char *)at)[i];
		if (i % (16 * PAGE) == 0)
			nap(1000);
	}
	ready();
	wait_for_ever();
}

static void mixed(const char *path)
{
	unsigned long bytes;
	char *at = map_file(path, &bytes), *area;

	for (unsigned long i = 0; i < bytes; i += PAGE)
		((volatile char *)at)[i];
	say("file", at, bytes);
	area = make_area(16 * MIB, 0, MADV_NOHUGEPAGE);
	ready();
	keep_hot(area, 8 * MIB);
}

static void reserve(unsigned long bytes)
{
	char *at = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		err(1, "cannot reserve %lu KiB", bytes / 1024);
	ready();
	await_step(1);
	if (mprotect(at, bytes, PROT_READ | PROT_WRITE))
		err(1, "cannot allow access");
	touch(at, bytes);
	ready();
	wait_for_ever();
}

static void grow(unsigned long bytes)
{
	char *more;

	ready();
	await_step(1);
	more = map(bytes, 0);
	ready();
	await_step(2);
	munmap(more, bytes);
	ready();
	wait_for_ever();
}

static void sparse(unsigned long gib)
{
	const unsigned long one = 1ul << 30;
	char *at = map((gib + 1) * one, MAP_NORESERVE);

	at = (char *)(((unsigned long)at + one - 1) & ~(one - 1));
	madvise(at, gib * one, MADV_NOHUGEPAGE);
	for (unsigned long i = 0; i < gib; i++)
		at[i * one] = 1;
	say("sparse", at, gib * one);
	ready();
	wait_for_ever();
}

static void execute(const char *mib)
{
	ready();
	await_step(1);
	execl("/proc/self/exe", "workload", "busy", mib, NULL);
	err(1, "cannot execute myself");
}

/*
 * SAFETY: the blob is all that is left of this process; it waits in pause(), and whatever signal
 * ends that ends the process.
 */
static void lonely(void)
{
	extern const char blob[], blob_end[];
	char *page = mmap((void *)0x10000000, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	if (page == MAP_FAILED)
		err(1, "cannot map my page");
	memcpy(page, blob, blob_end - blob);
	/* The kernel writes there when it takes the CPU away, and kills who has unmapped it. */
	if (__rseq_size)
		syscall(SYS_rseq, (char *)__builtin_thread_pointer() + __rseq_offset, 32,
			RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
	ready();
	await_step(1);
	asm volatile(
		"jmp *%0\n"
		"blob:\n"
		"mov $11, %%eax\n xor %%edi, %%edi\n mov $0x10000000, %%esi\n syscall\n"
		"mov $11, %%eax\n mov $0x10001000, %%edi\n mov $0x7fffefffe000, %%rsi\n syscall\n"
		"again: mov $34, %%eax\n syscall\n jmp again\n"
		"blob_end:\n"
		:
		: "r"(page));
}

static void vmas(unsigned long n)
{
	const unsigned long bytes = 8 * MIB;
	char *at = map(2 * n * PAGE + bytes, 0), *last = at + 2 * n * PAGE;

	for (unsigned long i = 0; i < n; i++)
		if (mprotect(at + (2 * i + 1) * PAGE, PAGE, PROT_READ))
			err(1, "no more than %lu mappings", 2 * i);
	madvise(last, bytes, MADV_NOHUGEPAGE);
	say("hot", last, bytes);
	say("cold", at, 2 * n * PAGE);
	ready();
	keep_hot(last, bytes);
}

struct area {
	char *at;
	unsigned long bytes;
};

static void *follow(void *area)
{
	keep_hot(((struct area *)area)->at, ((struct area *)area)->bytes / 2);
	return NULL;
}

static void leaderless(unsigned long bytes)
{
	static struct area area;
	pthread_t thread;

	area = (struct area){make_area(bytes, 0, MADV_NOHUGEPAGE), bytes};
	if (pthread_create(&thread, NULL, follow, &area))
		errx(1, "cannot start a thread");
	pthread_detach(thread);
	ready();
	await_step(1);
	ready();
	fflush(stdout);
	pthread_exit(NULL);
}

/* The BIOS: below 1 MiB, even a strict /dev/mem lets it be mapped. */
static void frames(void)
{
	int fd = open("/dev/mem", O_RDONLY);
	char *bios =
		fd < 0 ? MAP_FAILED : mmap(NULL, 16 * PAGE, PROT_READ, MAP_SHARED, fd, 0xf0000);
	struct timespec t;

	if (bios != MAP_FAILED)
		say("hot", bios, 16 * PAGE);
	ready();
	for (;;) {
		for (int i = 0; bios != MAP_FAILED && i < 16; i++)
			((volatile char *)bios)[i * PAGE];
		clock_gettime(CLOCK_MONOTONIC, &t);
		flush_tlb();
		nap(2000);
	}
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "", *argument = argc > 2 ? argv[2] : "";
	unsigned long n = strtoul(argument, NULL, 0);

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGUSR1, on_step);
	/* It maps its scratch area now, before anybody looks at what is mapped. */
	flush_tlb();
	if (!strcmp(kind, "idle"))
		idle(n * MIB);
	else if (!strcmp(kind, "busy"))
		busy(n * MIB, 0, MADV_NOHUGEPAGE);
	else if (!strcmp(kind, "thp"))
		busy(n * MIB, 0, MADV_HUGEPAGE);
	else if (!strcmp(kind, "hugetlb"))
		busy(n * MIB, MAP_HUGETLB, 0);
	else if (!strcmp(kind, "gigantic"))
		gigantic();
	else if (!strcmp(kind, "tables"))
		tables(n * MIB);
	else if (!strcmp(kind, "file"))
		file(argument);
	else if (!strcmp(kind, "mixed"))
		mixed(argument);
	else if (!strcmp(kind, "reserve"))
		reserve(n * MIB);
	else if (!strcmp(kind, "grow"))
		grow(n * MIB);
	else if (!strcmp(kind, "sparse"))
		sparse(n);
	else if (!strcmp(kind, "exec"))
		execute(argument);
	else if (!strcmp(kind, "lonely"))
		lonely();
	else if (!strcmp(kind, "vmas"))
		vmas(n);
	else if (!strcmp(kind, "leaderless"))
		leaderless(n * MIB);
	else if (!strcmp(kind, "frames"))
		frames();
	errx(2, "there is no kind '%s'", kind);
}
