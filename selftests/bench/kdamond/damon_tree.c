// SPDX-License-Identifier: GPL-2.0
/* See damon_tree.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "damon_tree.h"

#define CONTEXT "0/contexts/0/"
#define SCHEME CONTEXT "schemes/0/"

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

void sleep_ns(uint64_t ns)
{
	struct timespec t = { ns / SECOND_NS, ns % SECOND_NS };

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static int open_file(const char *root, const char *path, int flags)
{
	char name[512];
	int fd;

	snprintf(name, sizeof(name), "%s/kdamonds/%s", root, path);
	fd = open(name, flags);
	if (fd < 0)
		err(1, "cannot open %s", name);
	return fd;
}

/* sysfs says EBUSY when somebody else is at the tree. */
static void put(const char *root, const char *path, const char *text)
{
	int fd = open_file(root, path, O_WRONLY);

	while (write(fd, text, strlen(text)) < 0) {
		if (errno != EBUSY)
			err(1, "cannot write %s to %s/kdamonds/%s", text, root, path);
		sleep_ns(1000000);
	}
	close(fd);
}

static void put_number(const char *root, const char *path, uint64_t number)
{
	char text[32];

	sprintf(text, "%llu", (unsigned long long)number);
	put(root, path, text);
}

static uint64_t get_number(const char *root, const char *path)
{
	int fd = open_file(root, path, O_RDONLY);
	char text[64] = "";

	while (read(fd, text, sizeof(text) - 1) < 0) {
		if (errno != EBUSY)
			err(1, "cannot read %s/kdamonds/%s", root, path);
		sleep_ns(1000000);
	}
	close(fd);
	return strtoull(text, NULL, 10);
}

static void put_scheme(const char *root)
{
	static const char *const properties[] = { "sz", "nr_accesses", "age" };

	put_number(root, CONTEXT "schemes/nr_schemes", 1);
	put(root, SCHEME "action", "stat");
	for (unsigned int i = 0; i < 3; i++) {
		char path[128];

		sprintf(path, SCHEME "access_pattern/%s/max", properties[i]);
		put_number(root, path, UINT32_MAX);
	}
}

/* The kernel's DAMON finds none by itself. */
static void put_system_ram(const char *root)
{
	uint64_t ranges[64][2];
	unsigned int count = 0;
	char line[256];
	FILE *file = fopen("/proc/iomem", "r");

	if (!file)
		err(1, "cannot open /proc/iomem");
	while (count < 64 && fgets(line, sizeof(line), file)) {
		uint64_t *range = ranges[count];

		if (sscanf(line, "%lx-%lx : System RAM", &range[0], &range[1]) == 2 && line[0] != ' ' &&
		    strstr(line, "System RAM")) {
			range[0] = (range[0] + 4095) & ~4095ul;
			range[1] = (range[1] + 1) & ~4095ul;
			count += range[0] < range[1];
		}
	}
	fclose(file);
	put_number(root, CONTEXT "targets/0/regions/nr_regions", count);
	for (unsigned int i = 0; i < count; i++) {
		char path[128];

		sprintf(path, CONTEXT "targets/0/regions/%u/start", i);
		put_number(root, path, ranges[i][0]);
		sprintf(path, CONTEXT "targets/0/regions/%u/end", i);
		put_number(root, path, ranges[i][1]);
	}
}

int tree_start(const struct setup *s)
{
	put_number(s->root, "nr_kdamonds", 1);
	put_number(s->root, "0/contexts/nr_contexts", 1);
	put(s->root, CONTEXT "operations", s->pid ? "vaddr" : "paddr");
	put_number(s->root, CONTEXT "monitoring_attrs/intervals/sample_us", s->sample_us);
	put_number(s->root, CONTEXT "monitoring_attrs/intervals/aggr_us", s->aggr_us);
	put_number(s->root, CONTEXT "monitoring_attrs/intervals/update_us", 1000000);
	put_number(s->root, CONTEXT "monitoring_attrs/nr_regions/max", s->regions + s->regions / 10);
	put_number(s->root, CONTEXT "monitoring_attrs/nr_regions/min", s->regions);
	put_number(s->root, CONTEXT "targets/nr_targets", 1);
	if (s->pid)
		put_number(s->root, CONTEXT "targets/0/pid_target", s->pid);
	else
		put_system_ram(s->root);
	if (s->scheme)
		put_scheme(s->root);
	put(s->root, "0/state", "on");
	return get_number(s->root, "0/pid");
}

void tree_command(const char *root, const char *keyword)
{
	put(root, "0/state", keyword);
}

uint64_t tree_tried(const char *root)
{
	tree_command(root, "update_schemes_stats");
	return get_number(root, SCHEME "stats/nr_tried");
}

unsigned int tree_count_regions(const char *root)
{
	unsigned int count = 0;
	struct dirent *entry;
	char name[512];
	DIR *dir;

	tree_command(root, "update_schemes_tried_regions");
	snprintf(name, sizeof(name), "%s/kdamonds/" SCHEME "tried_regions", root);
	dir = opendir(name);
	if (!dir)
		err(1, "cannot open %s", name);
	while ((entry = readdir(dir)))
		count += entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
	closedir(dir);
	tree_command(root, "clear_schemes_tried_regions");
	return count;
}

void tree_stop(const char *root)
{
	tree_command(root, "off");
	put_number(root, "nr_kdamonds", 0);
}
