// SPDX-License-Identifier: GPL-2.0
/*
 * mm_stress SEED: does to its memory, until SIGTERM, what a monitor of it has to live with.
 *
 * Prints "ready" when it has begun, why an operation failed first, and in the end "operation NAME SUCCEEDED FAILED" for each operation.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096ul
#define HUGE (2ul << 20)
#define BYTES (4 * HUGE)

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

static uint64_t state = 1;

static uint64_t random_below(uint64_t bound)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % bound;
}

static void touch(char *at, unsigned long bytes)
{
	for (unsigned long i = 0; i < bytes; i += PAGE)
		((volatile char *)at)[i] += 1;
}

static char *map(void)
{
	char *at = mmap(NULL, BYTES + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);

	if (at == MAP_FAILED)
		err(1, "cannot map memory");
	return at;
}

static char *huge_part(char *at)
{
	return (char *)(((uintptr_t)at + HUGE - 1) & -HUGE);
}

static void unmap(char *at)
{
	munmap(at, BYTES + HUGE);
}

static bool child_succeeds(void (*action)(char *), char *memory)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		action(memory);
		_exit(0);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       !WEXITSTATUS(status);
}

/* The operations.  Each gets memory that is mapped and touched, and leaves it mapped. */

static bool map_and_unmap(char *memory)
{
	char *at = map();

	(void)memory;
	touch(at, BYTES);
	munmap(at + random_below(BYTES / PAGE) * PAGE, random_below(64) * PAGE + PAGE);
	unmap(at);
	return true;
}

static void write_copies(char *memory)
{
	touch(memory + random_below(BYTES / PAGE) * PAGE, PAGE);
	if (random_below(2))
		munmap(memory, BYTES);
}

static bool fork_stress(char *memory)
{
	pid_t pids[8];
	bool all = true;

	for (unsigned int i = 0; i < 8; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			state += i;
			write_copies(memory);
			_exit(0);
		}
	}
	for (unsigned int i = 0; i < 8; i++)
		all &= pids[i] > 0 && waitpid(pids[i], NULL, 0) == pids[i];
	return all;
}

static void execute(char *memory)
{
	(void)memory;
	execl("/proc/self/exe", "mm_stress", (char *)NULL);
	_exit(1);
}

static bool fork_and_execute(char *memory)
{
	return child_succeeds(execute, memory);
}

static void unmap_everything(char *memory)
{
	(void)memory;
	/* All that is below the stack, this code and the C library included: nothing is left to return to. */
	munmap(NULL, (uintptr_t)__builtin_frame_address(0) & -HUGE);
	_exit(1);
}

static bool child_unmaps_everything(char *memory)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		unmap_everything(memory);
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status);
}

static bool collapse(char *memory)
{
	char *at = huge_part(memory);

	/* Others may hold a page of it for a moment, or have advised against huge pages. */
	for (unsigned int tries = 0; tries < 50; tries++) {
		touch(at, HUGE);
		if (!madvise(at, HUGE, MADV_HUGEPAGE) && !madvise(at, HUGE, MADV_COLLAPSE))
			return true;
		usleep(1000);
	}
	return false;
}

static bool split(char *memory)
{
	char *at = huge_part(memory);

	touch(at, HUGE);
	return !mprotect(at + 16 * PAGE, PAGE, PROT_READ) &&
	       !madvise(at + 32 * PAGE, PAGE, MADV_DONTNEED) &&
	       !mprotect(at, HUGE, PROT_READ | PROT_WRITE);
}

static bool swap_out_and_in(char *memory)
{
	if (madvise(memory, BYTES, MADV_PAGEOUT))
		return false;
	touch(memory, BYTES / 2);
	return true;
}

static bool free_lazily(char *memory)
{
	return !madvise(memory, BYTES / 4, MADV_FREE) &&
	       !madvise(memory + BYTES / 2, BYTES / 4, MADV_DONTNEED);
}

static bool share_equal_pages(char *memory)
{
	char *at = memory + BYTES / 2;

	memset(at, 1, BYTES / 4);
	return !madvise(at, BYTES / 4, MADV_MERGEABLE);
}

static bool move(char *memory)
{
	char *at = map(), *moved;

	(void)memory;
	touch(at, BYTES);
	/* Advice from outside may have made two areas of it: refused, but only when the destination is unmapped. */
	moved = mremap(at, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, at + BYTES);
	if (moved != MAP_FAILED)
		touch(at + BYTES, HUGE / 2);
	unmap(at);
	return moved != MAP_FAILED;
}

static bool truncate_mapped_file(char *memory)
{
	int fd = memfd_create("mm_stress", 0);
	char *at;

	(void)memory;
	if (fd < 0 || ftruncate(fd, BYTES))
		return false;
	at = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return false;
	touch(at, BYTES);
	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8 * PAGE, 64 * PAGE) ||
	    ftruncate(fd, BYTES / 2))
		return false;
	touch(at, BYTES / 2);
	munmap(at, BYTES);
	close(fd);
	return true;
}

static struct operation {
	const char *name;
	bool (*act)(char *memory);
	unsigned long succeeded, failed;
} operations[] = {
	{.name = "map", .act = map_and_unmap},
	{.name = "fork", .act = fork_stress},
	{.name = "exec", .act = fork_and_execute},
	{.name = "vanish", .act = child_unmaps_everything},
	{.name = "collapse", .act = collapse},
	{.name = "split", .act = split},
	{.name = "swap", .act = swap_out_and_in},
	{.name = "free", .act = free_lazily},
	{.name = "merge", .act = share_equal_pages},
	{.name = "move", .act = move},
	{.name = "truncate", .act = truncate_mapped_file},
};
#define NR_OPERATIONS (sizeof(operations) / sizeof(operations[0]))

/* Has each of them succeeded? */
static bool all_done(void)
{
	for (unsigned int i = 0; i < NR_OPERATIONS; i++)
		if (!operations[i].succeeded)
			return false;
	return true;
}

static volatile sig_atomic_t told_to_end;
static volatile bool stopping;

static void on_term(int signal)
{
	(void)signal;
	told_to_end = 1;
}

/* Keeps some memory hot meanwhile, so that faults and operations meet. */
static void *keep_hot(void *memory)
{
	while (!stopping) {
		touch((char *)memory + BYTES / 4, BYTES / 2);
		usleep(1000);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	char *memory = map();
	pthread_t thread;

	/* Executed by an operation. */
	if (argc < 2)
		return 0;
	state += strtoull(argv[1], NULL, 0);
	signal(SIGTERM, on_term);
	setvbuf(stdout, NULL, _IOLBF, 0);
	touch(memory, BYTES);
	if (pthread_create(&thread, NULL, keep_hot, memory))
		errx(1, "cannot start a thread");
	printf("ready\n");
	/* All of them once before any comes again, from another one on each time, and until all succeeded, however long
	 * that takes. */
	const uint64_t first = random_below(NR_OPERATIONS), last = first + 20 * NR_OPERATIONS;
	for (uint64_t n = first; !told_to_end || (n < last && !all_done()); n++) {
		struct operation *operation = &operations[n % NR_OPERATIONS];

		if (operation->act(memory)) {
			operation->succeeded++;
		} else {
			if (!operation->failed++)
				printf("# %s: %s\n", operation->name, strerror(errno));
		}
	}
	stopping = true;
	pthread_join(thread, NULL);
	for (unsigned int i = 0; i < NR_OPERATIONS; i++)
		printf("operation %s %lu %lu\n", operations[i].name, operations[i].succeeded, operations[i].failed);
	return 0;
}
