// SPDX-License-Identifier: GPL-2.0
/*
 * toolbox: all helper programs of this directory in one file, which a guest keeps once in its memory.
 *
 *	NAME [ARGUMENT...]		by a link of that name
 *	toolbox NAME [ARGUMENT...]	without one
 *	toolbox				lists them
 *
 * The Makefile compiles NAME.c with its main() named NAME_main() and hands the names over as PROGRAMS.
 */
#include <stdio.h>
#include <string.h>

#define PROGRAM(name) extern int name##_main(int argc, char **argv);
PROGRAMS
#undef PROGRAM

static const struct {
	const char *name;
	int (*main)(int argc, char **argv);
} programs[] = {
#define PROGRAM(name) { #name, name##_main },
	PROGRAMS
};

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

int main(int argc, char **argv)
{
	const unsigned int n = sizeof(programs) / sizeof(programs[0]);

	if (argc > 0 && !strcmp(file_name(argv[0]), "toolbox")) {
		argc--;
		argv++;
	}
	for (unsigned int i = 0; i < n && argc > 0; i++)
		if (!strcmp(file_name(argv[0]), programs[i].name))
			return programs[i].main(argc, argv);
	if (argc > 0) {
		fprintf(stderr, "toolbox: there is no program '%s'.\n", argv[0]);
		return 127;
	}
	for (unsigned int i = 0; i < n; i++)
		puts(programs[i].name);
	return 0;
}
