// SPDX-License-Identifier: GPL-2.0
/*
 * spans PID: prints what vaddr must monitor of a process, by /proc/PID/maps: from the first mapping to
 * the last, without the two largest gaps.  "START END" in decimal, up to three lines.
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

struct gap {
	unsigned long start, end;
};

static unsigned long size(struct gap g)
{
	return g.end - g.start;
}

int main(int argc, char **argv)
{
	unsigned long first = 0, last = 0, start, end;
	struct gap big[2] = { 0 };
	char path[64], line[1024];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/maps", argc == 2 ? argv[1] : "");
	file = fopen(path, "r");
	if (!file)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), file)) {
		/* That is not one of the process's own mappings. */
		if (sscanf(line, "%lx-%lx", &start, &end) != 2 || strstr(line, "[vsyscall]"))
			continue;
		struct gap g = { last, start };

		if (!last)
			first = start;
		else if (size(g) > size(big[0]))
			big[1] = big[0], big[0] = g;
		else if (size(g) > size(big[1]))
			big[1] = g;
		last = end;
	}
	if (!last)
		errx(1, "process %s has no mapping", argv[1]);
	if (big[1].start < big[0].start) {
		struct gap g = big[0];

		big[0] = big[1];
		big[1] = g;
	}
	for (int i = 0; i < 2; i++)
		if (size(big[i])) {
			printf("%lu %lu\n", first, big[i].start);
			first = big[i].end;
		}
	printf("%lu %lu\n", first, last);
	return 0;
}
