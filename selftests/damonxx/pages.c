// SPDX-License-Identifier: GPL-2.0
/*
 * pages: what the kernel says about the pages of a process's addresses START to END.
 *
 *	pages PID START END		"KEY BYTES" a line, of: present, swapped, huge, active, anon, file, node0, node1, ...
 *	pages PID START END KEY		only that one's bytes
 *	pages PID START END runs	where they are in physical memory: "START END" a line, in address order
 *	pages PID START END cached	bytes of the mapped file there that are in the page cache, mapped or not
 *	pages PID START END frames	the physical addresses, in the order of the pages, 0 if none
 *
 * From /proc/PID/pagemap, /proc/kpageflags and move_pages(); it touches nothing.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE		4096ul
#define MAX_NODES	16

/* Bits of /proc/PID/pagemap and /proc/kpageflags, and which flag each key wants to see. */
#define PRESENT		(1ull << 63)
#define SWAPPED		(1ull << 62)
#define FRAME_BITS	((1ull << 55) - 1)
static const struct {
	const char *key;
	unsigned int bit;
	bool set;
} flags[] = {
	{ "active", 6, true }, { "anon", 12, true }, { "file", 12, false }, { "huge", 22, true }, { "idle", 25, true },
	{ "referenced", 2, true }, { "mlocked", 18, true }, { "lru", 5, true },
};
#define NR_FLAGS (sizeof(flags) / sizeof(flags[0]))

static uint64_t present, swapped, by_flag[NR_FLAGS], on_node[MAX_NODES];
static uint64_t *entries;
static unsigned long start, n;
static int pid;

static int open_or_die(const char *path)
{
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void read_pagemap(void)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open_or_die(path);
	entries = calloc(n, sizeof(*entries));
	if (!entries || pread(fd, entries, n * sizeof(*entries), start / PAGE * sizeof(*entries)) !=
				(ssize_t)(n * sizeof(*entries)))
		err(1, "%s", path);
	close(fd);
}

static uint64_t frame_of(unsigned long i)
{
	return entries[i] & PRESENT ? entries[i] & FRAME_BITS : 0;
}

static void count_entries(void)
{
	for (unsigned long i = 0; i < n; i++) {
		present += !!(entries[i] & PRESENT);
		swapped += !!(entries[i] & SWAPPED);
	}
}

static void count_flags(void)
{
	int fd = open_or_die("/proc/kpageflags");
	uint64_t word;

	for (unsigned long i = 0; i < n; i++) {
		if (!frame_of(i) || pread(fd, &word, sizeof(word), frame_of(i) * sizeof(word)) != sizeof(word))
			continue;
		for (unsigned int k = 0; k < NR_FLAGS; k++)
			by_flag[k] += !!(word & 1ull << flags[k].bit) == flags[k].set;
	}
	close(fd);
}

static void count_nodes(void)
{
	enum { BATCH = 1024 };
	void *at[BATCH];
	int node[BATCH];

	for (unsigned long i = 0; i < n; i += BATCH) {
		const unsigned long batch = n - i < BATCH ? n - i : BATCH;

		for (unsigned long k = 0; k < batch; k++)
			at[k] = (void *)(start + (i + k) * PAGE);
		if (syscall(SYS_move_pages, pid, batch, at, NULL, node, 0))
			err(1, "move_pages");
		for (unsigned long k = 0; k < batch; k++)
			if (node[k] >= 0 && node[k] < MAX_NODES)
				on_node[node[k]]++;
	}
}

static int ascending(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void print_runs(void)
{
	uint64_t from;

	for (unsigned long i = 0; i < n; i++)
		entries[i] = frame_of(i);
	qsort(entries, n, sizeof(*entries), ascending);
	for (unsigned long i = 0; i < n; ) {
		from = entries[i];
		while (++i < n && entries[i] == entries[i - 1] + 1)
			;
		if (from)
			printf("%llu %llu\n", (unsigned long long)(from * PAGE),
			       (unsigned long long)((entries[i - 1] + 1) * PAGE));
	}
}

static void print_frames(void)
{
	for (unsigned long i = 0; i < n; i++)
		printf("%llu\n", (unsigned long long)(frame_of(i) * PAGE));
}

/* mincore() answers for a mapping of one's own. */
static void print_cached(void)
{
	unsigned char *cached = calloc(n, 1);
	unsigned long count = 0;
	char path[96];
	void *at;
	FILE *maps;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	if (!maps || !cached)
		err(1, "%s", path);
	for (char line[512]; fgets(line, sizeof(line), maps); ) {
		unsigned long from, to, offset;

		if (sscanf(line, "%lx-%lx %*s %lx", &from, &to, &offset) != 3 || start < from || start >= to)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/map_files/%lx-%lx", pid, from, to);
		fd = open_or_die(path);
		at = mmap(NULL, n * PAGE, PROT_READ, MAP_SHARED, fd, offset + start - from);
		if (at == MAP_FAILED || mincore(at, n * PAGE, cached))
			err(1, "%s", path);
		for (unsigned long i = 0; i < n; i++)
			count += cached[i] & 1;
		printf("%lu\n", count * PAGE);
		return;
	}
	errx(1, "nothing is mapped at %#lx", start);
}

/* Only @wanted, or all if it is NULL. */
static void print_key(const char *wanted, const char *key, uint64_t pages)
{
	if (!wanted)
		printf("%s %llu\n", key, (unsigned long long)(pages * PAGE));
	else if (!strcmp(wanted, key))
		printf("%llu\n", (unsigned long long)(pages * PAGE));
}

int main(int argc, char **argv)
{
	const char *wanted = argc > 4 ? argv[4] : NULL;
	char key[16];

	if (argc < 4)
		errx(2, "usage: pages PID START END [KEY]");
	pid = atoi(argv[1]);
	start = strtoul(argv[2], NULL, 0);
	n = (strtoul(argv[3], NULL, 0) - start) / PAGE;
	read_pagemap();
	if (wanted && !strcmp(wanted, "runs")) {
		print_runs();
	} else if (wanted && !strcmp(wanted, "frames")) {
		print_frames();
	} else if (wanted && !strcmp(wanted, "cached")) {
		print_cached();
	} else {
		const bool by_entry = wanted && (!strcmp(wanted, "present") || !strcmp(wanted, "swapped"));
		const bool by_node = wanted && !strncmp(wanted, "node", 4);

		/* Only what is asked for: a call for each page takes its time. */
		count_entries();
		if (!by_entry && !by_node)
			count_flags();
		if (!wanted || by_node)
			count_nodes();
		print_key(wanted, "present", present);
		print_key(wanted, "swapped", swapped);
		for (unsigned int k = 0; k < NR_FLAGS; k++)
			print_key(wanted, flags[k].key, by_flag[k]);
		for (unsigned int node = 0; node < MAX_NODES; node++) {
			snprintf(key, sizeof(key), "node%u", node);
			if (wanted || on_node[node])
				print_key(wanted, key, on_node[node]);
		}
	}
	return 0;
}
