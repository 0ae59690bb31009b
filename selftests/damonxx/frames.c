// SPDX-License-Identifier: GPL-2.0
/*
 * frames: processes whose page frames are known.  Addresses are printed in decimal, one a line.
 *
 *	frames file PATH N	the frames of the first N pages of a file, brought in by reading
 *	frames read PATH N	reads these again and again, by system calls
 *	frames alone N		maps N anonymous pages, prints their frames and "ready", and waits
 *	frames share N		maps N pages and forks; the child touches them again and again, the parent
 *				never.  Prints the frames and "ready".
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul

static void nap(void)
{
	nanosleep(&(struct timespec){ 0, 2000000 }, NULL);
}

static void print_frames(const volatile char *memory, unsigned long n)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	if (fd < 0)
		err(1, "pagemap");
	for (unsigned long i = 0; i < n; i++) {
		(void)memory[i * PAGE];
		if (pread(fd, &entry, sizeof(entry), ((unsigned long)memory / PAGE + i) * sizeof(entry)) !=
			    sizeof(entry) || !(entry >> 63))
			errx(1, "page %lu has no frame", i);
		printf("%lu\n", (entry & ((1ul << 55) - 1)) * PAGE);
	}
	fflush(stdout);
	close(fd);
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void read_pages(int fd, unsigned long n)
{
	char buffer[PAGE];

	for (unsigned long i = 0; i < n; i++)
		if (pread(fd, buffer, sizeof(buffer), i * PAGE) != sizeof(buffer))
			err(1, "read");
}

static void print_file(const char *path, unsigned long n)
{
	int fd = open_file(path);
	void *memory;

	read_pages(fd, n);
	memory = mmap(NULL, n * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		err(1, "mmap");
	print_frames(memory, n);
}

static void read_for_ever(const char *path, unsigned long n)
{
	int fd = open_file(path);

	for (;;) {
		read_pages(fd, n);
		nap();
	}
}

static char *map(unsigned long n, int flags)
{
	char *memory = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(1, "mmap");
	memset(memory, 1, n * PAGE);
	print_frames(memory, n);
	return memory;
}

static void wait_for_ever(void)
{
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

static void alone(unsigned long n)
{
	map(n, MAP_PRIVATE);
	wait_for_ever();
}

static void share(unsigned long n)
{
	char *memory = map(n, MAP_SHARED);

	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;) {
			for (unsigned long i = 0; i < n; i++)
				((volatile char *)memory)[i * PAGE]++;
			/* An emulated TLB forgets nothing by itself. */
			mprotect(memory, n * PAGE, PROT_READ);
			mprotect(memory, n * PAGE, PROT_READ | PROT_WRITE);
			nap();
		}
	}
	wait_for_ever();
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "file"))
		print_file(argv[2], strtoul(argv[3], NULL, 10));
	else if (argc == 4 && !strcmp(argv[1], "read"))
		read_for_ever(argv[2], strtoul(argv[3], NULL, 10));
	else if (argc == 3 && !strcmp(argv[1], "alone"))
		alone(strtoul(argv[2], NULL, 10));
	else if (argc == 3 && !strcmp(argv[1], "share"))
		share(strtoul(argv[2], NULL, 10));
	else
		errx(2, "usage: frames file|read PATH N | alone|share N");
	return 0;
}
