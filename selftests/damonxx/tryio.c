// SPDX-License-Identifier: GPL-2.0
/*
 * tryio: what a file says to a write.
 *
 *	tryio FILE VALUE		one write; prints OK or the errno's name
 *	tryio -p DIR FILE=VALUE...	writes to files below DIR, up to the first that refuses; prints
 *					that one, and then its exit status is 1
 *	tryio [-a] [-e N] [-x NAME] -c DIR FILE
 *				many writes; the cases come from stdin, a line each:
 *
 *	VALUE -> TEXT		accepted, reads back as TEXT and a newline; no other file below DIR changes
 *	VALUE -> EINVAL		refused with that errno, and every file below DIR reads as before
 *	VALUE -> =		accepted without any effect
 *
 * In VALUE, \n is a newline, \t a tab, \s a space, \\ a backslash.  -a: accepted writes may change
 * other files.  -e: looks at these only after each Nth case, and the last.  -x: files of that name are not
 * looked at (files named pid never are).  Prints what
 * differs; exit status 1 if anything does.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct content {
	char *path, *text;
};

struct snapshot {
	struct content *files;
	unsigned int n, room;
};

static struct snapshot *filling;
static const char *ignored = "";

/* The whole content, or the errno's name in brackets. */
static char *read_file(const char *path)
{
	char text[8192];
	ssize_t n = -1;
	int fd = open(path, O_RDONLY);

	if (fd >= 0)
		n = read(fd, text, sizeof(text) - 1);
	if (n < 0)
		n = sprintf(text, "[%s]", strerrorname_np(errno));
	if (fd >= 0)
		close(fd);
	text[n] = 0;
	return strdup(text);
}

static int add_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const char *name = path + at->base;

	(void)st;
	if (type != FTW_F || !strcmp(name, "pid") || !strcmp(name, ignored))
		return 0;
	if (filling->n == filling->room) {
		filling->room = filling->room ? 2 * filling->room : 128;
		filling->files = realloc(filling->files, filling->room * sizeof(*filling->files));
		if (!filling->files)
			errx(2, "out of memory");
	}
	filling->files[filling->n++] = (struct content){ strdup(path), read_file(path) };
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct content *)a)->path, ((const struct content *)b)->path);
}

static struct snapshot take(const char *dir)
{
	struct snapshot s = { 0 };

	filling = &s;
	if (nftw(dir, add_file, 16, FTW_PHYS))
		err(2, "cannot read %s", dir);
	qsort(s.files, s.n, sizeof(*s.files), by_path);
	return s;
}

static void drop(struct snapshot *s)
{
	for (unsigned int i = 0; i < s->n; i++) {
		free(s->files[i].path);
		free(s->files[i].text);
	}
	free(s->files);
}

/* The first file, other than @except, that differs; NULL: none. */
static const char *difference(const struct snapshot *a, const struct snapshot *b, const char *except)
{
	for (unsigned int i = 0; i < a->n && i < b->n; i++) {
		if (strcmp(a->files[i].path, b->files[i].path))
			return a->files[i].path;
		if (strcmp(a->files[i].text, b->files[i].text) && strcmp(a->files[i].path, except))
			return a->files[i].path;
	}
	if (a->n != b->n)
		return "the number of files";
	return NULL;
}

static size_t unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++) {
		static const char codes[] = "n\nt\ts \\\\";
		const char *code = NULL;

		for (const char *c = codes; *from == '\\' && *c && !code; c += 2)
			code = *c == from[1] ? c : NULL;
		*to++ = code ? code[1] : *from;
		from += code != NULL;
	}
	*to = 0;
	return to - text;
}

static const char *try(const char *path, const char *value, size_t size)
{
	int fd = open(path, O_WRONLY);
	const char *outcome = "OK";
	ssize_t written;

	if (fd < 0)
		return strerrorname_np(errno);
	written = write(fd, value, size);
	if (written < 0)
		outcome = strerrorname_np(errno);
	else if ((size_t)written != size)
		outcome = "SHORT";
	close(fd);
	return outcome;
}

static bool is_refusal(const char *wanted)
{
	return wanted[0] == 'E' && strlen(wanted) > 3;
}

/* True if the file does as the case says.  @own becomes what it reads now. */
static bool run_case(const char *path, const char *value, size_t size, const char *wanted, const char *shown,
		     char **own)
{
	const bool refused = is_refusal(wanted);
	const char *outcome = try(path, value, size);
	char *text = read_file(path);
	bool right = true;

	if (strcmp(outcome, refused ? wanted : "OK")) {
		printf("'%.60s': %s instead of %s\n", shown, outcome, refused ? wanted : "OK");
		right = false;
	}
	if (!refused && strcmp(wanted, "=") &&
	    (strncmp(text, wanted, strlen(wanted)) || strcmp(text + strlen(wanted), "\n"))) {
		printf("'%.60s': reads back as '%.*s' instead of '%s'\n", shown, (int)strcspn(text, "\n"), text,
		       wanted);
		right = false;
	}
	if ((refused || !strcmp(wanted, "=")) && strcmp(*own, text)) {
		printf("'%.60s': the file changed\n", shown);
		right = false;
	}
	free(*own);
	*own = text;
	return right;
}

/* True if no file but @path changed since @before, which becomes what is there now. */
static bool others_same(const char *dir, const char *path, const char *shown, struct snapshot *before)
{
	struct snapshot after = take(dir);
	const char *differs = difference(before, &after, path);

	if (differs)
		printf("'%.60s', or one before: %s changed\n", shown, differs);
	drop(before);
	*before = after;
	return !differs;
}

static int run_cases(const char *dir, const char *path, bool others_change, unsigned int every)
{
	static char line[65536];
	struct snapshot now = take(dir);
	char *own = read_file(path);
	unsigned int n = 0;
	bool right = true;

	while (fgets(line, sizeof(line), stdin)) {
		char *arrow = NULL, *shown;

		line[strcspn(line, "\n")] = 0;
		for (char *at = strstr(line, " -> "); at; at = strstr(at + 1, " -> "))
			arrow = at;
		if (!arrow && !line[0])
			continue;
		if (!arrow)
			errx(2, "no case: '%s'", line);
		*arrow = 0;
		shown = strdup(line);
		right &= run_case(path, line, unescape(line), arrow + 4, shown, &own);
		n++;
		/* One that is taken may change others, one that is refused must not. */
		if (others_change && !is_refusal(arrow + 4)) {
			drop(&now);
			now = take(dir);
		} else if (others_change || n % every == 0) {
			right &= others_same(dir, path, shown, &now);
		}
		free(shown);
	}
	if (!others_change)
		right &= others_same(dir, path, "the last one", &now);
	if (!n)
		errx(2, "no cases for %s", path);
	return !right;
}

static int put_all(const char *dir, char **words)
{
	for (; *words; words++) {
		char path[4096], *value = strchr(*words, '=');
		const char *outcome;

		if (!value)
			errx(2, "no value: '%s'", *words);
		*value++ = 0;
		snprintf(path, sizeof(path), "%s/%s", dir, *words);
		outcome = try(path, value, strlen(value));
		if (strcmp(outcome, "OK")) {
			printf("%s refuses '%s': %s\n", *words, value, outcome);
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *dir = NULL, *put_dir = NULL;
	bool others_change = false;
	unsigned int every = 1;
	int option;

	while ((option = getopt(argc, argv, "+ac:e:p:x:")) != -1)
		switch (option) {
		case 'a': others_change = true; break;
		case 'c': dir = optarg; break;
		case 'e': every = atoi(optarg) > 0 ? atoi(optarg) : 1; break;
		case 'p': put_dir = optarg; break;
		case 'x': ignored = optarg; break;
		default: return 2;
		}
	argv += optind;
	if (put_dir)
		return put_all(put_dir, argv);
	if (dir && argc - optind == 1)
		return run_cases(dir, argv[0], others_change, every);
	if (argc - optind != 2)
		errx(2, "usage: tryio FILE VALUE | tryio -p DIR FILE=VALUE... | tryio [-a] [-e N] [-x NAME] -c DIR FILE");
	puts(try(argv[0], argv[1], unescape(argv[1])));
	return 0;
}
