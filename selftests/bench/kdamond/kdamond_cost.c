// SPDX-License-Identifier: GPL-2.0
/*
 * kdamond_cost: what a kdamond uses of its CPU, window by window.
 *
 * usage: kdamond_cost ROOT PID REGIONS WINDOWS WINDOW_MS
 *
 * Monitors process PID by vaddr, or all memory by paddr if PID is 0, with REGIONS regions, a sample each 5 ms and aggregation each 100 ms,
 * and prints one fact a line:
 *
 *	speed PS				per instruction, measured by a loop
 *	regions BEFORE AFTER			the windows
 *	window TIME_NS CPU_NS SLEEPS		differences from its begin to its end
 *	tried COUNT				regions that the scheme tried in all windows
 *
 * A kdamond sleeps once in each sample, so SLEEPS are the samples.  The check is the scheme, which tries each
 * region once in 20 samples.  Nothing else is asked of the kdamond in a window.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "../profile/marker.h"
#include "damon_tree.h"

struct reading {
	uint64_t time_ns, cpu_ns, sleeps;
};

/* Exact also while the thread runs, which /proc/PID/schedstat is not. */
static uint64_t thread_cpu_ns(int pid)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t))
		errx(1, "cannot read the CPU clock of thread %d", pid);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static uint64_t thread_sleeps(int pid)
{
	uint64_t sleeps = 0;
	char line[128];
	FILE *file;

	sprintf(line, "/proc/%d/status", pid);
	file = fopen(line, "r");
	if (!file)
		err(1, "cannot open %s", line);
	while (fgets(line, sizeof(line), file))
		sscanf(line, "voluntary_ctxt_switches: %lu", &sleeps);
	fclose(file);
	return sleeps;
}

static struct reading take_reading(int pid)
{
	struct reading r;

	r.sleeps = thread_sleeps(pid);
	r.time_ns = now_ns();
	r.cpu_ns = thread_cpu_ns(pid);
	return r;
}

/* Of virtual time; the shortest of some tries, as interrupts make a loop longer. */
static uint64_t ps_per_instruction(void)
{
	const uint64_t rounds = 100000;
	uint64_t best_ns = UINT64_MAX;

	for (int i = 0; i < 10; i++) {
		uint64_t left = rounds, start_ns = now_ns();

		/* Two instructions a round. */
		asm volatile("1: dec %0\n\tjnz 1b" : "+r"(left) : : "cc");
		start_ns = now_ns() - start_ns;
		best_ns = start_ns < best_ns ? start_ns : best_ns;
	}
	return best_ns * 1000 / (2 * rounds);
}

static void measure_window(int pid, uint64_t length_ns)
{
	struct reading before = take_reading(pid), after;

	sleep_ns(length_ns);
	after = take_reading(pid);
	printf("window %lu %lu %lu\n", after.time_ns - before.time_ns, after.cpu_ns - before.cpu_ns,
	       after.sleeps - before.sleeps);
}

int main(int argc, char **argv)
{
	struct setup s = { .sample_us = 5000, .aggr_us = 100000, .scheme = true };
	unsigned int before;
	uint64_t tried;
	int pid;

	if (argc != 6)
		errx(2, "usage: kdamond_cost ROOT PID REGIONS WINDOWS WINDOW_MS");
	s.root = argv[1];
	s.pid = atoi(argv[2]);
	s.regions = atoi(argv[3]);

	printf("speed %lu\n", ps_per_instruction());
	pid = tree_start(&s);
	sleep_ns(SECOND_NS / 2);
	before = tree_count_regions(s.root);
	tried = tree_tried(s.root);
	profile_start();
	for (int i = 0; i < atoi(argv[4]); i++)
		measure_window(pid, atoi(argv[5]) * 1000000ull);
	profile_stop();
	printf("tried %lu\n", tree_tried(s.root) - tried);
	printf("regions %u %u\n", before, tree_count_regions(s.root));
	tree_stop(s.root);
	return 0;
}
