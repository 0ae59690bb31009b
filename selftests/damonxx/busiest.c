// SPDX-License-Identifier: GPL-2.0
/*
 * busiest PID-FILE SECONDS PERIOD-MS: the processor time of a thread by the scheduler's own account (/proc/PID/schedstat).
 * Waits until PID-FILE tells a thread, looks each PERIOD-MS for SECONDS, and prints in microseconds: the most that it
 * used in any second, the most in one period, and all that it used.  What it used before the first look counts only if
 * it was waited for.
 */
#define _GNU_SOURCE
#include "common.h"
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define SECOND_NS 1000000000ul

static struct look {
	unsigned long ns, used_ns;
} *looks;

static unsigned long number(int fd)
{
	char text[128];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		errx(1, "the thread has ended");
	text[n] = 0;
	return strtoul(text, NULL, 10);
}

static int open_schedstat(const char *pid_file, bool *waited)
{
	char path[64], text[32] = "";
	int fd;

	for (*waited = false;; *waited = true) {
		ssize_t n;

		fd = open(pid_file, O_RDONLY);
		n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
		text[n > 0 ? n : 0] = 0;
		if (fd >= 0)
			close(fd);
		if (text[0] >= '1')
			break;
		usleep(500);
	}
	snprintf(path, sizeof(path), "/proc/%d/schedstat", atoi(text));
	fd = open(path, O_RDONLY);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

int main(int argc, char **argv)
{
	unsigned long seconds = argc == 4 ? strtoul(argv[2], NULL, 10) : 0, begin_ns;
	unsigned long period_ms = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	unsigned long second = 0, period = 0, n = 0, room, from = 0;
	bool waited;
	int fd;

	if (!seconds || !period_ms)
		errx(2, "usage: busiest PID-FILE SECONDS PERIOD-MS");
	room = seconds * 1000 / period_ms + 2;
	looks = calloc(room, sizeof(*looks));
	if (!looks)
		errx(2, "out of memory");
	fd = open_schedstat(argv[1], &waited);
	begin_ns = now_ns();
	looks[n++] = (struct look){ begin_ns, waited ? 0 : number(fd) };
	while (n < room && looks[n - 1].ns - begin_ns < seconds * SECOND_NS) {
		looks[n].used_ns = number(fd);
		looks[n].ns = now_ns();
		if (looks[n].used_ns - looks[n - 1].used_ns > period)
			period = looks[n].used_ns - looks[n - 1].used_ns;
		while (looks[n].ns - looks[from].ns > SECOND_NS)
			from++;
		if (looks[n].used_ns - looks[from].used_ns > second)
			second = looks[n].used_ns - looks[from].used_ns;
		n++;
		usleep(period_ms * 1000);
	}
	printf("%lu %lu %lu\n", second / 1000, period / 1000, (looks[n - 1].used_ns - looks[0].used_ns) / 1000);
	return 0;
}
