// SPDX-License-Identifier: GPL-2.0
/*
 * perf_hold ID: opens the trace event of this number as perf does, on every processor, says "open", and keeps it open
 * until SIGTERM; then prints how often the event came meanwhile.
 */
#define _GNU_SOURCE
#include <err.h>
#include <linux/perf_event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_CPUS 64

static volatile sig_atomic_t stopping;

static void on_signal(int signal)
{
	(void)signal;
	stopping = 1;
}

int main(int argc, char **argv)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_TRACEPOINT, .size = sizeof(attr), .sample_period = 1 };
	const struct sigaction act = { .sa_handler = on_signal };	/* without SA_RESTART */
	unsigned long long sum = 0;
	int fds[MAX_CPUS], nr_cpus = sysconf(_SC_NPROCESSORS_ONLN);
	sigset_t term, before;

	if (argc != 2)
		errx(2, "usage: perf_hold ID");
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, &before);
	sigaction(SIGTERM, &act, NULL);
	attr.config = strtoul(argv[1], NULL, 10);
	for (int cpu = 0; cpu < nr_cpus && cpu < MAX_CPUS; cpu++) {
		fds[cpu] = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, 0);
		if (fds[cpu] < 0)
			err(1, "perf_event_open");
	}
	puts("open");
	fflush(stdout);
	while (!stopping)
		sigsuspend(&before);
	for (int cpu = 0; cpu < nr_cpus && cpu < MAX_CPUS; cpu++) {
		unsigned long long count;

		if (read(fds[cpu], &count, sizeof(count)) == sizeof(count))
			sum += count;
	}
	printf("%llu\n", sum);
	return 0;
}
