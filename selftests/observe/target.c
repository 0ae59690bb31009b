// SPDX-License-Identifier: GPL-2.0
/*
 * target: a process whose memory contents_plugin.c watches; and the phases of that.
 *
 *	target memory FILE	fills private memory, a huge page, and FILE, mapped and shared, shows all of it to the plugin,
 *				says "content BYTES", "hot START END" and "ready", then touches one half again and again
 *	target phase N		begins phase N, 1 to 8; 0: the end of it
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include "markers.h"

#define PAGE		4096ul
#define HUGE		(2ul << 20)
#define PRIVATE_BYTES	(8ul << 20)
#define FILE_BYTES	(1ul << 20)

static void begin_phase(int n)
{
	switch (n) {
	case MARK_NOTHING: mark(0); break;
	case 1: mark(1); break;
	case 2: mark(2); break;
	case 3: mark(3); break;
	case 4: mark(4); break;
	case 5: mark(5); break;
	case 6: mark(6); break;
	case 7: mark(7); break;
	case 8: mark(8); break;
	default: errx(1, "there is no phase %d", n);
	}
}

static char *map(unsigned long bytes, int flags, int fd)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (at == MAP_FAILED)
		err(1, "cannot map %lu KiB", bytes / 1024);
	return at;
}

static char *map_huge(void)
{
	char *at = map(2 * HUGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	at = (char *)(((unsigned long)at + HUGE - 1) & ~(HUGE - 1));
	madvise(at, HUGE, MADV_HUGEPAGE);
	return at;
}

static char *map_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, FILE_BYTES))
		err(1, "%s", path);
	return map(FILE_BYTES, MAP_SHARED, fd);
}

static void fill(char *at, unsigned long bytes)
{
	for (unsigned long i = 0; i < bytes; i += sizeof(long))
		*(unsigned long *)(at + i) = (unsigned long)(at + i) * 0x9e3779b97f4a7c15u;
}

static __attribute__((noinline)) void show(const char *at, unsigned long bytes)
{
	for (const char *end = at + bytes; at < end; at += PAGE)
		asm volatile(".byte " TEXT(MARKER_BYTES) ", " TEXT(MARK_CONTENT) ", " TEXT(MARKER_END) "\n"
			     ".byte " TEXT(CONTENT_ACCESS)
			     :
			     : "D"(at)
			     : "rax", "memory");
}

static void touch(char *at, unsigned long bytes)
{
	for (unsigned long i = 0; i < bytes; i += PAGE)
		((volatile char *)at)[i]++;
}

/* An emulated TLB hardly ever evicts; taking access from more than 33 pages flushes all of it. */
static void flush_tlb(char *scratch)
{
	mprotect(scratch, 64 * PAGE, PROT_NONE);
	mprotect(scratch, 64 * PAGE, PROT_READ | PROT_WRITE);
}

static void be_target(const char *path)
{
	char *scratch = map(64 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *private = map(PRIVATE_BYTES, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *huge = map_huge(), *file = map_file(path);

	madvise(private, PRIVATE_BYTES, MADV_NOHUGEPAGE);
	touch(scratch, 64 * PAGE);
	fill(private, PRIVATE_BYTES);
	fill(huge, HUGE);
	fill(file, FILE_BYTES);
	show(private, PRIVATE_BYTES);
	show(huge, HUGE);
	show(file, FILE_BYTES);
	printf("content %lu\nhot %lu %lu\nready\n", PRIVATE_BYTES + HUGE + FILE_BYTES, (unsigned long)private,
	       (unsigned long)private + PRIVATE_BYTES / 2);
	for (;;) {
		touch(private, PRIVATE_BYTES / 2);
		touch(huge, HUGE / 2);
		touch(file, FILE_BYTES / 2);
		flush_tlb(scratch);
		nanosleep(&(struct timespec){ 0, 2000000 }, NULL);
	}
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 3 && !strcmp(argv[1], "phase"))
		begin_phase(atoi(argv[2]));
	else if (argc == 3 && !strcmp(argv[1], "memory"))
		be_target(argv[2]);
	else
		errx(2, "usage: target memory FILE | target phase N");
	return 0;
}
