// SPDX-License-Identifier: GPL-2.0
/*
 * command_time: how long commands to a kdamond take.
 *
 * usage: command_time ROOT PID REGIONS SAMPLE_US AGGR_US TIMES KEYWORD...
 *
 * Monitors process PID by vaddr with REGIONS regions, and gives each command TIMES times.  Prints a line
 *
 *	command KEYWORD TIME_NS CPU_NS
 *
 * each time, CPU_NS being what the caller used of its CPU, and at the end
 *
 *	regions COUNT
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "damon_tree.h"

static uint64_t own_cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static void measure(const char *root, const char *keyword)
{
	uint64_t start_ns = now_ns(), cpu_ns = own_cpu_ns();

	tree_command(root, keyword);
	cpu_ns = own_cpu_ns() - cpu_ns;
	printf("command %s %lu %lu\n", keyword, now_ns() - start_ns, cpu_ns);
}

int main(int argc, char **argv)
{
	struct setup s = { .scheme = true };

	if (argc < 8)
		errx(2, "usage: command_time ROOT PID REGIONS SAMPLE_US AGGR_US TIMES KEYWORD...");
	s.root = argv[1];
	s.pid = atoi(argv[2]);
	s.regions = atoi(argv[3]);
	s.sample_us = atoi(argv[4]);
	s.aggr_us = atoi(argv[5]);

	tree_start(&s);
	sleep_ns(SECOND_NS);
	for (char **keyword = argv + 7; *keyword; keyword++)
		for (int i = 0; i < atoi(argv[6]); i++) {
			measure(s.root, *keyword);
			/* No multiple of an interval, so that the next one comes at another moment of it. */
			sleep_ns(17300000);
		}
	printf("regions %u\n", tree_count_regions(s.root));
	tree_stop(s.root);
	return 0;
}
