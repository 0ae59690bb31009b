// SPDX-License-Identifier: GPL-2.0
/*
 * tried DIR: prints the regions below a tried_regions directory, one a line, all in decimal:
 * START END NR_ACCESSES AGE, and the hits of each probe.  The directories must be 0, 1, ... without a gap.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long number(int dir, const char *name)
{
	char text[64];
	int fd = openat(dir, name, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		err(1, "cannot read %s", name);
	close(fd);
	text[n] = 0;
	return strtoul(text, NULL, 10);
}

static unsigned int count_numbered(const char *path)
{
	DIR *dir = opendir(path);
	unsigned int n = 0;

	if (!dir)
		err(1, "%s", path);
	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
		n += entry->d_name[0] >= '0' && entry->d_name[0] <= '9';
	closedir(dir);
	return n;
}

static void print_hits(int region)
{
	char name[32];

	for (int probe = 0;; probe++) {
		sprintf(name, "probes/%d/hits", probe);
		if (faccessat(region, name, F_OK, 0))
			return;
		printf(" %lu", number(region, name));
	}
}

int main(int argc, char **argv)
{
	unsigned int n = argc == 2 ? count_numbered(argv[1]) : 0;
	int all = argc == 2 ? open(argv[1], O_PATH | O_DIRECTORY) : -1;

	if (all < 0)
		errx(2, "usage: tried DIR");
	for (unsigned int i = 0; i < n; i++) {
		char name[16];
		int dir;

		sprintf(name, "%u", i);
		dir = openat(all, name, O_PATH | O_DIRECTORY);
		if (dir < 0)
			errx(1, "there are %u directories, but no %u", n, i);
		printf("%lu %lu ", number(dir, "start"), number(dir, "end"));
		printf("%lu %lu", number(dir, "nr_accesses"), number(dir, "age"));
		print_hits(dir);
		putchar('\n');
		close(dir);
	}
	return 0;
}
