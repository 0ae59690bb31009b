// SPDX-License-Identifier: GPL-2.0
/*
 * crowd N: N processes, each with 1 MiB of which it touches one half again and again.  Prints their pids, then "ready".
 * They end when this ends.
 */
#define _GNU_SOURCE
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define PAGE	4096ul
#define MIB	(1ul << 20)

static char *map(unsigned long bytes)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		err(1, "cannot map memory");
	madvise(at, bytes, MADV_NOHUGEPAGE);
	return at;
}

static void touch(char *at, unsigned long bytes)
{
	for (unsigned long i = 0; i < bytes; i += PAGE)
		((volatile char *)at)[i] += 1;
}

/* No TLB is flushed for it: the kernel loads other tables all the time here. */
static void member(void)
{
	char *at = map(MIB);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	touch(at, MIB);
	for (;;) {
		touch(at, MIB / 2);
		nanosleep(&(struct timespec){ 0, 150000000 }, NULL);
	}
}

int main(int argc, char **argv)
{
	const int n = argc > 1 ? atoi(argv[1]) : 0;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < n; i++) {
		pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (!pid)
			member();
		printf("%d\n", pid);
	}
	printf("ready\n");
	for (;;)
		pause();
}
