/* SPDX-License-Identifier: GPL-2.0 */
/* A list of what is below a directory, for programs that take a tree as it comes. */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct list {
	char **paths;
	unsigned int n, room;
};

static inline void list_add(struct list *list, const char *path)
{
	char *copy = strdup(path);

	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 256;
		list->paths = realloc(list->paths, list->room * sizeof(*list->paths));
	}
	if (!copy || !list->paths)
		abort();
	list->paths[list->n++] = copy;
}

static inline void list_empty(struct list *list)
{
	while (list->n)
		free(list->paths[--list->n]);
}

static inline bool is_number(const char *name)
{
	return *name && !name[strspn(name, "0123456789")];
}

/*
 * Adds the files of @type (DT_REG, DT_DIR) below @dir; of numbered directories only those below @most.  What goes
 * away meanwhile is left out.
 */
static inline void walk(struct list *list, const char *dir, unsigned char type, unsigned long most)
{
	DIR *open_dir = opendir(dir);
	struct dirent *entry;
	char path[1024];

	while (open_dir && (entry = readdir(open_dir))) {
		if (entry->d_name[0] == '.' || (is_number(entry->d_name) && strtoul(entry->d_name, NULL, 10) >= most) ||
		    snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >= (int)sizeof(path))
			continue;
		if (entry->d_type == type)
			list_add(list, path);
		if (entry->d_type == DT_DIR)
			walk(list, path, type, most);
	}
	if (open_dir)
		closedir(open_dir);
}
