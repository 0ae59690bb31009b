// SPDX-License-Identifier: GPL-2.0
/*
 * latency N FILE KEYWORD...: writes the keywords to FILE in turn, N times each, and prints for each
 * how long a write took: "KEYWORD MEDIAN_US LONGEST_US".
 */
#define _GNU_SOURCE
#include "common.h"
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

static int by_size(const void *a, const void *b)
{
	const unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int n = argc > 3 ? atoi(argv[1]) : 0, nr_keywords = argc - 3;
	unsigned long *us;

	if (n <= 0)
		errx(2, "usage: latency N FILE KEYWORD...");
	us = calloc(n * nr_keywords, sizeof(*us));
	if (!us)
		errx(2, "out of memory");
	for (int i = 0; i < n; i++)
		for (int k = 0; k < nr_keywords; k++) {
			unsigned long begin_ns = now_ns();
			int error = write_text(argv[2], argv[3 + k]);

			us[k * n + i] = (now_ns() - begin_ns) / 1000;
			if (error)
				errx(1, "%s: %s", argv[3 + k], strerror(error));
		}
	for (int k = 0; k < nr_keywords; k++) {
		qsort(us + k * n, n, sizeof(*us), by_size);
		printf("%s %lu %lu\n", argv[3 + k], us[k * n + n / 2], us[k * n + n - 1]);
	}
	return 0;
}
