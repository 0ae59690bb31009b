// SPDX-License-Identifier: GPL-2.0
/*
 * snapshot MODE FILE [N]: reads a snapshot file as a program would, and checks what holds for every snapshot.
 *
 *	show FILE	one read(): a line for the header, "TIME_NS NR_TARGETS NR_REGIONS WINDOW PAUSED OPERATIONS",
 *			then each region in decimal: START END NR_ACCESSES AGE
 *	targets FILE	for each target: PID REGIONS BYTES, and in how many regions accesses were found
 *	pieces FILE	the same as show, read in pieces of 1000 bytes
 *	again FILE N	N snapshots from one open file; prints the milliseconds of the median one and the longest
 *	hold FILE N	opens FILE, reads, says "open"; once FILE is gone, or after N seconds, reads again and
 *			prints the error
 *	errors FILE N	reads for N seconds, opening it each time; prints how many were whole, and the errors
 *
 * Ends with an error if a snapshot is not as include/uapi/damonxx.h says.
 */
#define _GNU_SOURCE
#include "common.h"
#include "../../include/uapi/damonxx.h"
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define ROOM (64u << 20)

static char *content;

static const struct damonxx_snapshot_target *target(unsigned int i)
{
	const struct damonxx_snapshot *header = (const void *)content;

	return (const void *)(content + header->header_bytes + i * header->target_bytes);
}

static const struct damonxx_snapshot_region *region(unsigned int i)
{
	const struct damonxx_snapshot *header = (const void *)content;

	return (const void *)(content + header->header_bytes + header->nr_targets * header->target_bytes +
			      i * header->region_bytes);
}

static void check(ssize_t size)
{
	const struct damonxx_snapshot *header = (const void *)content;
	unsigned int next = 0;

	if (size < (ssize_t)sizeof(*header) || memcmp(header->magic, DAMONXX_SNAPSHOT_MAGIC, 8) ||
	    header->version != DAMONXX_SNAPSHOT_VERSION)
		errx(1, "%zd bytes that are no snapshot", size);
	if (size != (ssize_t)(header->header_bytes + header->nr_targets * header->target_bytes +
			      (size_t)header->nr_regions * header->region_bytes))
		errx(1, "%zd bytes for %u targets and %u regions", size, header->nr_targets, header->nr_regions);
	for (unsigned int t = 0; t < header->nr_targets; t++) {
		unsigned int end = next + target(t)->nr_regions;

		if (target(t)->first_region != next || end > header->nr_regions)
			errx(1, "the regions of target %u do not follow", t);
		for (unsigned int i = next; i < end; i++)
			if (region(i)->start >= region(i)->end ||
			    (i > next && region(i)->start < region(i - 1)->end))
				errx(1, "region %u is not in order", i);
		next = end;
	}
	if (next != header->nr_regions || header->window_position > header->window_samples)
		errx(1, "regions of nobody, or no such place in a window");
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void show(void)
{
	const struct damonxx_snapshot *header = (const void *)content;

	printf("%llu %u %u %u %u %u\n", header->time_ns, header->nr_targets, header->nr_regions,
	       header->window_samples, header->flags & DAMONXX_SNAPSHOT_PAUSED, header->operations);
	for (unsigned int i = 0; i < header->nr_regions; i++)
		printf("%llu %llu %u %u\n", region(i)->start, region(i)->end, region(i)->nr_accesses,
		       region(i)->age);
}

static void show_targets(void)
{
	const struct damonxx_snapshot *header = (const void *)content;

	for (unsigned int t = 0; t < header->nr_targets; t++) {
		unsigned long long bytes = 0;
		unsigned int accessed = 0;

		for (unsigned int i = 0; i < target(t)->nr_regions; i++) {
			const struct damonxx_snapshot_region *r = region(target(t)->first_region + i);

			bytes += r->end - r->start;
			accessed += r->nr_accesses > 0;
		}
		printf("%d %u %llu %u\n", target(t)->pid, target(t)->nr_regions, bytes, accessed);
	}
}

static ssize_t in_pieces(int fd)
{
	ssize_t size = 0, n;

	while ((n = read(fd, content + size, 1000)) > 0)
		size += n;
	if (n < 0)
		err(1, "read");
	return size;
}

static int by_size(const void *a, const void *b)
{
	const unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return (x > y) - (x < y);
}

static void again(int fd, unsigned int n)
{
	unsigned long long last_ns = 0;
	unsigned long *us = calloc(n, sizeof(*us));

	if (!us)
		errx(2, "out of memory");
	for (unsigned int i = 0; i < n; i++) {
		const struct damonxx_snapshot *header = (const void *)content;
		unsigned long begin_ns = now_ns();
		ssize_t size = pread(fd, content, ROOM, 0);

		us[i] = (now_ns() - begin_ns) / 1000;
		if (size < 0)
			err(1, "read");
		check(size);
		if (header->time_ns <= last_ns || header->time_ns < begin_ns || header->time_ns > now_ns())
			errx(1, "snapshot %u is not of its own time", i);
		last_ns = header->time_ns;
		usleep(3000);
	}
	qsort(us, n, sizeof(*us), by_size);
	printf("%lu.%03lu %lu.%03lu\n", us[n / 2] / 1000, us[n / 2] % 1000, us[n - 1] / 1000, us[n - 1] % 1000);
}

static void hold(const char *path, unsigned int seconds)
{
	unsigned long until = now_ns() + seconds * 1000000000ul;
	int fd = open_file(path);
	ssize_t size = read(fd, content, ROOM);

	if (size < 0)
		err(1, "read");
	check(size);
	/* Some of the next one stays with the open file. */
	if (pread(fd, content, 100, 0) != 100)
		err(1, "read");
	puts("open");
	fflush(stdout);
	while (!access(path, F_OK) && now_ns() < until)
		usleep(1000);
	size = pread(fd, content, ROOM, 0);
	puts(size < 0 ? strerrorname_np(errno) : "read it");
	if (close(fd))
		err(1, "close");
}

static void errors(const char *path, unsigned int seconds)
{
	unsigned long until = now_ns() + seconds * 1000000000ul, good = 0;
	bool met[256] = {};

	while (now_ns() < until) {
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		ssize_t size = fd < 0 ? -1 : read(fd, content, ROOM);

		if (size < 0) {
			met[errno & 255] = true;
		} else {
			check(size);
			good++;
		}
		usleep(1000);
		if (fd >= 0)
			close(fd);
	}
	printf("%lu", good);
	for (int i = 0; i < 256; i++)
		if (met[i])
			printf(" %s", strerrorname_np(i));
	putchar('\n');
}

int main(int argc, char **argv)
{
	const char *mode = argc > 2 ? argv[1] : "";
	unsigned int n = argc > 3 ? atoi(argv[3]) : 0;

	content = malloc(ROOM);
	if (!content)
		errx(2, "out of memory");
	if (!strcmp(mode, "show") || !strcmp(mode, "targets") || !strcmp(mode, "pieces")) {
		int fd = open_file(argv[2]);
		ssize_t size = *mode == 'p' ? in_pieces(fd) : read(fd, content, ROOM);

		if (size < 0)
			errx(1, "%s", strerrorname_np(errno));
		check(size);
		if (read(fd, content + size, 1))
			errx(1, "there is more");
		if (*mode == 't')
			show_targets();
		else
			show();
	} else if (!strcmp(mode, "again") && n) {
		again(open_file(argv[2]), n);
	} else if (!strcmp(mode, "hold") && n) {
		hold(argv[2], n);
	} else if (!strcmp(mode, "errors") && n) {
		errors(argv[2], n);
	} else {
		errx(2, "usage: snapshot show|targets|pieces|again|hold|errors FILE [N]");
	}
	return 0;
}
