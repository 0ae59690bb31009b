// SPDX-License-Identifier: GPL-2.0
/*
 * cycle load N FILE.ko PID	loads and unloads the module N times; in every tenth life a kdamond monitors PID
 * cycle switch N [SEED]	turns a kdamond on and off N times, each time for a process of its own; about
 *				half of these die at a random moment while they are monitored
 *
 * Ends with a sentence and status 1 at the first thing that fails.
 */
#define _GNU_SOURCE
#include "common.h"
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define ADMIN	"/sys/kernel/mm/damonxx/admin/kdamonds"
#define CONTEXT	ADMIN "/0/contexts/0"

static void must(const char *path, const char *text)
{
	int error = write_text(path, text);

	if (error)
		errx(1, "%s refuses '%s': %s", path, text, strerror(error));
}

static void must_number(const char *path, unsigned long number)
{
	char text[32];

	sprintf(text, "%lu", number);
	must(path, text);
}

static void set_up(pid_t pid)
{
	must(ADMIN "/nr_kdamonds", "1");
	must(ADMIN "/0/contexts/nr_contexts", "1");
	must(CONTEXT "/monitoring_attrs/intervals/sample_us", "1000");
	must(CONTEXT "/monitoring_attrs/intervals/aggr_us", "10000");
	must(CONTEXT "/targets/nr_targets", "1");
	must_number(CONTEXT "/targets/0/pid_target", pid);
	must(CONTEXT "/schemes/nr_schemes", "1");
	must(CONTEXT "/schemes/0/access_pattern/sz/max", "18446744073709551615");
}

static void load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "%s", path);
	if (syscall(SYS_finit_module, fd, "", 0))
		err(1, "cannot load %s", path);
	close(fd);
}

static void unload(void)
{
	if (syscall(SYS_delete_module, "damonxx", O_NONBLOCK))
		err(1, "cannot unload the module");
}

static void load_often(unsigned long n, const char *path, pid_t pid)
{
	unsigned long loading = 0, unloading = 0;

	for (unsigned long i = 0; i < n; i++) {
		unsigned long begin = now_ns();

		load(path);
		loading += now_ns() - begin;
		if (i % 10 == 0) {
			set_up(pid);
			must(ADMIN "/0/state", "on");
			usleep(2000);
			must(ADMIN "/0/state", "off");
		}
		begin = now_ns();
		unload();
		unloading += now_ns() - begin;
	}
	printf("%lu times: loading takes %lu us, unloading %lu us\n", n, loading / n / 1000, unloading / n / 1000);
}

/* The kdamond that runs now; 0: it has ended. */
static pid_t kdamond(void)
{
	char text[32] = "";
	int fd = open(ADMIN "/0/pid", O_RDONLY);
	pid_t pid;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		err(1, "cannot read pid");
	close(fd);
	pid = atoi(text);
	return pid > 0 ? pid : 0;
}

/* When "off" returns it runs none of the module's code, but a thread stays in /proc for a moment. */
static void must_end(pid_t pid)
{
	const unsigned long begin_ns = now_ns();

	while (pid && !kill(pid, 0)) {
		if (now_ns() - begin_ns > 60 * 1000000000ul)
			errx(1, "kdamond %d is there a minute after off", pid);
		usleep(200);
	}
}

/* Says when its memory is there, and waits. */
static pid_t start_child(void)
{
	const unsigned long bytes = 4 << 20;
	int said[2];
	pid_t pid;
	char c;

	if (pipe(said) || (pid = fork()) < 0)
		err(1, "cannot start a child");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		if (at == MAP_FAILED || write(said[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(said[1]);
	if (read(said[0], &c, 1) != 1)
		errx(1, "a child did not start");
	close(said[0]);
	return pid;
}

static void end_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void switch_often(unsigned long n, unsigned int seed)
{
	unsigned long died = 0;

	srandom(seed);
	for (unsigned long i = 0; i < n; i++) {
		pid_t pid = start_child(), running;
		bool dies = random() % 2;
		int error;

		must_number(CONTEXT "/targets/0/pid_target", pid);
		must(ADMIN "/0/state", "on");
		running = kdamond();
		usleep(random() % 4000);
		if (dies)
			end_child(pid);
		usleep(random() % 3000);
		if (random() % 4 == 0) {
			error = write_text(ADMIN "/0/state", "update_schemes_tried_regions");
			if (error && error != ECANCELED)
				errx(1, "tried regions: %s", strerror(error));
		}
		must(ADMIN "/0/state", "off");
		must_end(running);
		if (!dies)
			end_child(pid);
		died += dies;
	}
	printf("%lu times on and off, %lu of the targets died meanwhile\n", n, died);
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "load"))
		load_often(strtoul(argv[2], NULL, 0), argv[3], atoi(argv[4]));
	else if (argc >= 3 && !strcmp(argv[1], "switch")) {
		set_up(getpid());
		switch_often(strtoul(argv[2], NULL, 0), argc > 3 ? atoi(argv[3]) : 1);
	} else {
		errx(2, "usage: cycle load N FILE.ko PID | cycle switch N [SEED]");
	}
	return 0;
}
