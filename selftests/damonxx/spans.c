// SPDX-License-Identifier: GPL-2.0
/*
 * spans PID: prints what vaddr must monitor of a process, by /proc/PID/maps: from the first mapping to the last of
 * those that allow access or have pages, without the two largest gaps, nor others of at least a 64th of what would
 * be monitored with them.  "START END" in decimal, one a line.
 */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct gap {
	unsigned long start, end;
};

static struct gap *gaps;
static size_t nr_gaps;

static unsigned long size(struct gap g)
{
	return g.end - g.start;
}

static int by_size(const void *a, const void *b)
{
	unsigned long left = size(*(const struct gap *)a), right = size(*(const struct gap *)b);

	return (left < right) - (left > right);
}

static int by_address(const void *a, const void *b)
{
	const struct gap *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

static void add(unsigned long start, unsigned long end)
{
	if (start == end)
		return;
	gaps = realloc(gaps, (nr_gaps + 1) * sizeof(*gaps));
	if (!gaps)
		err(1, "gaps");
	gaps[nr_gaps++] = (struct gap){ start, end };
}

/* In memory or in swap. */
static bool has_pages(const char *pid, unsigned long start, unsigned long end)
{
	bool found = false;
	uint64_t entry;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/pagemap", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		err(1, "%s", path);
	for (; !found && start < end; start += 4096)
		found = pread(fd, &entry, sizeof(entry), start / 4096 * sizeof(entry)) == sizeof(entry) && entry >> 62;
	close(fd);
	return found;
}

int main(int argc, char **argv)
{
	unsigned long first = 0, last = 0, start, end, left;
	char path[64], line[1024], access[8];
	size_t kept = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/maps", argc == 2 ? argv[1] : "");
	file = fopen(path, "r");
	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		/* That is not one of the process's own mappings. */
		if (sscanf(line, "%lx-%lx %7s", &start, &end, access) != 3 || strstr(line, "[vsyscall]"))
			continue;
		if (!strncmp(access, "---", 3) && !has_pages(argv[1], start, end))
			continue;
		if (last)
			add(last, start);
		else
			first = start;
		last = end;
	}
	if (!last)
		errx(1, "process %s has no mapping", argv[1]);
	if (nr_gaps)
		qsort(gaps, nr_gaps, sizeof(*gaps), by_size);
	left = last - first;
	while (kept < nr_gaps && kept < 63 && (kept < 2 || size(gaps[kept]) >= left / 64))
		left -= size(gaps[kept++]);
	if (kept)
		qsort(gaps, kept, sizeof(*gaps), by_address);
	for (size_t i = 0; i < kept; i++) {
		printf("%lu %lu\n", first, gaps[i].start);
		first = gaps[i].end;
	}
	printf("%lu %lu\n", first, last);
	return 0;
}
