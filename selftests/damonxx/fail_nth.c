// SPDX-License-Identifier: GPL-2.0
/*
 * fail_nth OPERATION...: does an operation again and again; in round K the Kth allocation that it makes fails.  It
 * ends when a round came to its end before its Kth allocation.
 *
 *	write FILE VALUE [UNDO...]	writes VALUE; each UNDO, after a success, is VALUE or FILE=VALUE
 *	read FILE			opens, reads, closes
 *	list DIR			opens, lists, closes
 *	load FILE.ko			loads the module, and unloads it after a success
 *	thread PID FILE VALUE [UNDO...]	as write, but it is the allocations of thread PID that fail
 *	watch PID SECONDS		no allocation fails: prints how many the thread PID makes
 *
 * After each round all that is below the tree's root must be there with the contents it had before, but for the
 * contents of files given with -x NAME.  The errors that an operation may have are given with -e, ENOMEM if none is.
 * -k K begins there, -s STEP goes on in such steps.  Prints what is wrong, and in the last line
 * "N allocations: OUTCOME TIMES...", N being how many were made to fail.  Exit status 1 if anything is wrong.
 *
 * The kernel looks at an allocation only if the knobs let it: fail_nth.sh sets them.
 */
#define _GNU_SOURCE
#include "common.h"
#include "walk.h"
#include <err.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define MAX_ROUNDS	20000
#define MAX_ERRNO	200

static const char *root = "/sys/kernel/mm/damonxx/admin", *ignored[16], *allowed[16];
static unsigned int nr_ignored, nr_allowed, step = 1;

/* ---- what is there: one text with all files and their contents */

static bool is_ignored(const char *path)
{
	for (unsigned int i = 0; i < nr_ignored; i++)
		if (!strcmp(strrchr(path, '/') + 1, ignored[i]))
			return true;
	return false;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void take(char **snapshot, const char *root)
{
	struct list files = { 0 };
	char text[8192];
	size_t size;
	FILE *out;

	free(*snapshot);
	out = open_memstream(snapshot, &size);
	walk(&files, root, DT_REG, -1ul);
	walk(&files, root, DT_DIR, -1ul);
	qsort(files.paths, files.n, sizeof(*files.paths), by_path);
	for (unsigned int i = 0; i < files.n; i++) {
		int fd = open(files.paths[i], O_RDONLY);
		ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

		text[n < 0 ? 0 : n] = 0;
		fprintf(out, "%s: %s\n", files.paths[i], is_ignored(files.paths[i]) ? "" : n < 0 ? strerrorname_np(errno) : text);
		if (fd >= 0)
			close(fd);
	}
	fclose(out);
	list_empty(&files);
	free(files.paths);
}

/* Says where the two differ. */
static bool same(const char *before, const char *after)
{
	const char *line = before;
	size_t i = 0;

	if (!strcmp(before, after))
		return true;
	for (; before[i] == after[i]; i++)
		if (before[i] == '\n')
			line = before + i + 1;
	printf("before: %.*s\nafter: %.*s\n", (int)strcspn(line, "\n"), line,
	       (int)strcspn(after + (line - before), "\n"), after + (line - before));
	return false;
}

/* ---- operations */

static int read_file(char **args)
{
	char text[8192];
	int fd = open(args[0], O_RDONLY), error = 0;

	if (fd < 0)
		return errno;
	if (read(fd, text, sizeof(text)) < 0)
		error = errno;
	close(fd);
	return error;
}

static int list_directory(char **args)
{
	char entries[4096];
	int fd = open(args[0], O_RDONLY | O_DIRECTORY), error = 0;
	long n;

	if (fd < 0)
		return errno;
	do
		n = syscall(SYS_getdents64, fd, entries, sizeof(entries));
	while (n > 0);
	if (n < 0)
		error = errno;
	close(fd);
	return error;
}

static int write_file(char **args)
{
	return write_text(args[0], args[1]);
}

static int load(char **args)
{
	int fd = open(args[0], O_RDONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return errno;
	if (syscall(SYS_finit_module, fd, "", 0))
		error = errno;
	close(fd);
	return error;
}

static int undo_write(char **args)
{
	int error = 0;

	for (char **undo = args + 2; *undo && !error; undo++) {
		char *value = strchr(*undo, '='), path[1024];

		if (value)
			snprintf(path, sizeof(path), "%.*s", (int)(value - *undo), *undo);
		error = write_text(value ? path : args[0], value ? value + 1 : *undo);
	}
	return error;
}

static int unload(char **args)
{
	char name[64];

	snprintf(name, sizeof(name), "%s", strrchr(args[0], '/') + 1);
	*strchrnul(name, '.') = 0;
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

static int nothing(char **args)
{
	(void)args;
	return 0;
}

static const struct operation {
	const char *name;
	int args;
	int (*act)(char **args), (*undo)(char **args);
	bool of_thread;
} operations[] = {
	{ "write", 2, write_file, undo_write, false },
	{ "read", 1, read_file, nothing, false },
	{ "list", 1, list_directory, nothing, false },
	{ "load", 1, load, unload, false },
	{ "thread", 3, write_file, undo_write, true },
};

/* ---- rounds */

static int open_nth(const char *pid)
{
	char path[64] = "/proc/thread-self/fail-nth";
	int fd;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%s/fail-nth", pid);
	fd = open(path, O_RDWR);
	if (fd < 0)
		err(2, "%s", path);
	return fd;
}

static void set_nth(int fd, unsigned int nth)
{
	char text[16];
	int size = sprintf(text, "%u", nth);

	if (pwrite(fd, text, size, 0) != size)
		err(2, "fail-nth");
}

/* What is left to be counted down; 0: the allocation was met. */
static unsigned int get_nth(int fd)
{
	char text[16];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n <= 0)
		err(2, "fail-nth");
	text[n] = 0;
	return atoi(text);
}

static bool is_allowed(int error)
{
	for (unsigned int i = 0; i < nr_allowed; i++)
		if (!strcmp(strerrorname_np(error), allowed[i]))
			return true;
	return !nr_allowed && error == ENOMEM;
}

static void print_outcomes(unsigned int rounds, const unsigned int *outcomes)
{
	printf("%u allocations:", rounds);
	for (int error = 0; error < MAX_ERRNO; error++)
		if (outcomes[error])
			printf(" %s %u", error ? strerrorname_np(error) : "success", outcomes[error]);
	putchar('\n');
}

/* What a round changes is nearly always near; what it might change far away stays so, and is seen later. */
static bool still_same(unsigned int k, const char *near, char *const *before)
{
	const bool far = k % 16 == 0 || !near;
	char *after = NULL;
	bool is_same;

	take(&after, far ? root : near);
	is_same = same(before[far], after);
	if (!is_same && far && near)
		puts("that was one of the last 16 rounds");
	free(after);
	return is_same;
}

static const char *directory_of(const char *path)
{
	char *copy = strdup(path);

	*strrchr(copy, '/') = 0;
	return copy;
}

/* One round with each K.  Whatever failed, the next one begins with the same tree. */
static int run(const struct operation *op, char **args, int nth_fd, unsigned int first)
{
	unsigned int outcomes[MAX_ERRNO] = { 0 }, k = first;
	const char *near = access(root, F_OK) ? root : directory_of(args[0]);
	char *before[2] = { NULL, NULL };
	bool met = true, right = true;
	unsigned int rounds = 0;

	take(&before[0], near);
	take(&before[1], root);
	for (; met && right && rounds < MAX_ROUNDS; k += step) {
		int error, undone = 0;

		set_nth(nth_fd, k);
		error = op->act(args);
		met = !get_nth(nth_fd);
		set_nth(nth_fd, 0);
		if (met)
			outcomes[error]++;
		rounds += met;
		if (!error)
			undone = op->undo(args);
		if (error && (!met || !is_allowed(error))) {
			printf("allocation %u %s: %s\n", k, met ? "failed" : "was not reached", strerrorname_np(error));
			right = false;
		}
		if (undone) {
			printf("after success in round %u it cannot be undone: %s\n", k, strerrorname_np(undone));
			right = false;
		}
		if (!still_same(k, near, before)) {
			printf("that was round %u, %s\n", k, error ? strerrorname_np(error) : "a success");
			right = false;
		}
	}
	if (met && right) {
		printf("there is no end to its allocations\n");
		right = false;
	}
	if (!still_same(0, NULL, before))
		right = false;
	print_outcomes(rounds, outcomes);
	return !right;
}

static int watch(char **args)
{
	const unsigned int many = 1000000000;
	int fd = open_nth(args[0]);

	set_nth(fd, many);
	sleep(atoi(args[1]));
	printf("%u\n", many - get_nth(fd));
	set_nth(fd, 0);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int first = 1;
	int option;

	while ((option = getopt(argc, argv, "+e:k:r:s:x:")) != -1)
		switch (option) {
		case 'e': allowed[nr_allowed++ % 16] = optarg; break;
		case 'k': first = atoi(optarg); break;
		case 's': step = atoi(optarg) > 0 ? atoi(optarg) : 1; break;
		case 'r': root = optarg; break;
		case 'x': ignored[nr_ignored++ % 16] = optarg; break;
		default: return 2;
		}
	argv += optind;
	argc -= optind;
	/* A page fault of its own that fails would only confuse. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		err(2, "mlockall");
	if (argc == 3 && !strcmp(argv[0], "watch"))
		return watch(argv + 1);
	for (unsigned int i = 0; argc && i < sizeof(operations) / sizeof(operations[0]); i++) {
		const struct operation *op = &operations[i];

		if (!strcmp(argv[0], op->name) && argc > op->args)
			return run(op, argv + 1 + op->of_thread, open_nth(op->of_thread ? argv[1] : NULL), first);
	}
	errx(2, "usage: fail_nth [-e ERRNO]... [-x NAME]... [-k K] [-s STEP] [-r ROOT] OPERATION; see the source");
}
