// SPDX-License-Identifier: GPL-2.0
/*
 * recorder: writes down what a running kdamond finds, snapshot after snapshot.
 *
 * usage: recorder ROOT KDAMOND SECONDS [FILE]
 *
 * ROOT is a DAMON sysfs root (/sys/kernel/mm/damonxx/admin).  The kdamond's first context must have
 * one scheme, of action stat, that matches everything.  The record, one fact a line, times being
 * CLOCK_MONOTONIC in nanoseconds:
 *
 *	intervals SAMPLE_US AGGREGATION_US
 *	map START END NAME			a mapping of the first target, at the begin
 *	cpu TIME_NS CPU_NS			CPU time of the kdamond so far: at the begin and at the end
 *	snapshot TIME_NS NR_REGIONS		and then each region:
 *	START END NR_ACCESSES AGE
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS	1000000000ull

struct region {
	unsigned long start, end, nr_accesses, age;
};

static struct region *regions;
static unsigned int nr_regions, capacity;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static int open_dir(int at, const char *path)
{
	int fd = openat(at, path, O_PATH | O_DIRECTORY);

	if (fd < 0)
		err(1, "cannot open %s", path);
	return fd;
}

/* The file's first number; sysfs says EBUSY when somebody else is at the tree. */
static unsigned long read_number(int dir, const char *name)
{
	char text[64];

	for (;;) {
		int fd = openat(dir, name, O_RDONLY);
		ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
		int error = errno;

		if (fd >= 0)
			close(fd);
		if (n > 0) {
			text[n] = 0;
			return strtoul(text, NULL, 10);
		}
		if (n == 0)
			errx(1, "%s is empty", name);
		if (error != EBUSY)
			errx(1, "cannot read %s: %s", name, strerror(error));
		usleep(1000);
	}
}

static void command(int kdamond, const char *keyword)
{
	int fd = openat(kdamond, "state", O_WRONLY);

	if (fd < 0)
		err(1, "cannot open the kdamond's state");
	while (write(fd, keyword, strlen(keyword)) < 0) {
		if (errno != EBUSY)
			err(1, "the kdamond refused %s", keyword);
		usleep(1000);
	}
	close(fd);
}

static struct region *new_region(void)
{
	if (nr_regions == capacity) {
		capacity = capacity ? 2 * capacity : 1024;
		regions = realloc(regions, capacity * sizeof(*regions));
		if (!regions)
			errx(1, "out of memory");
	}
	return &regions[nr_regions++];
}

static void read_snapshot(int tried)
{
	nr_regions = 0;
	for (unsigned int i = 0; ; i++) {
		struct region *r;
		char name[16];
		int dir;

		sprintf(name, "%u", i);
		dir = openat(tried, name, O_PATH | O_DIRECTORY);
		if (dir < 0)
			return;
		r = new_region();
		r->start = read_number(dir, "start");
		r->end = read_number(dir, "end");
		r->nr_accesses = read_number(dir, "nr_accesses");
		r->age = read_number(dir, "age");
		close(dir);
	}
}

static void write_snapshot(uint64_t ns)
{
	printf("snapshot %llu %u\n", (unsigned long long)ns, nr_regions);
	for (unsigned int i = 0; i < nr_regions; i++)
		printf("%#lx %#lx %lu %lu\n", regions[i].start, regions[i].end,
		       regions[i].nr_accesses, regions[i].age);
}

static void write_cpu(unsigned long pid)
{
	unsigned long long ns;
	char path[64];
	FILE *file;

	sprintf(path, "/proc/%lu/schedstat", pid);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu", &ns) != 1)
		errx(1, "cannot read %s: is the kdamond gone?", path);
	fclose(file);
	printf("cpu %llu %llu\n", (unsigned long long)now_ns(), ns);
}

/* A target that is no process has no maps. */
static void write_maps(unsigned long pid)
{
	unsigned long start, end;
	char path[64], line[1024];
	FILE *file;
	int name;

	sprintf(path, "/proc/%lu/maps", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %n", &start, &end, &name) == 2)
			printf("map %#lx %#lx %s%s", start, end, line + name, line[name] ? "" : "\n");
	if (file)
		fclose(file);
}

int main(int argc, char **argv)
{
	int kdamond, context, tried;
	unsigned long pid;
	uint64_t until;
	char path[512];

	if (argc < 4 || argc > 5 || atoi(argv[3]) <= 0)
		errx(2, "usage: recorder ROOT KDAMOND SECONDS [FILE]");
	if (argc == 5 && !freopen(argv[4], "w", stdout))
		err(1, "cannot write %s", argv[4]);
	snprintf(path, sizeof(path), "%s/kdamonds/%s", argv[1], argv[2]);
	kdamond = open_dir(AT_FDCWD, path);
	context = open_dir(kdamond, "contexts/0");
	tried = open_dir(context, "schemes/0/tried_regions");
	pid = read_number(kdamond, "pid");
	if (pid == -1ul)
		errx(1, "kdamond %s is not running", argv[2]);

	printf("intervals %lu %lu\n", read_number(context, "monitoring_attrs/intervals/sample_us"),
	       read_number(context, "monitoring_attrs/intervals/aggr_us"));
	write_maps(read_number(context, "targets/0/pid_target"));
	write_cpu(pid);
	for (until = now_ns() + atoi(argv[3]) * SECOND_NS; now_ns() < until; ) {
		uint64_t ns;

		command(kdamond, "update_schemes_tried_regions");
		ns = now_ns();
		read_snapshot(tried);
		write_snapshot(ns);
	}
	write_cpu(pid);
	if (fflush(stdout) || ferror(stdout))
		err(1, "cannot write the record");
	return 0;
}
