/* SPDX-License-Identifier: GPL-2.0 */
/* A DAMON sysfs tree with one kdamond, as the measuring programs use it.  Every failure ends the program. */
#ifndef DAMON_TREE_H
#define DAMON_TREE_H

#include <stdbool.h>
#include <stdint.h>

#define SECOND_NS	1000000000ull

struct setup {
	const char *root;	/* as /sys/kernel/mm/damonxx/admin */
	int pid;		/* of the target; 0: all of physical memory */
	unsigned int regions;	/* at least that many, and at most a tenth more */
	unsigned int sample_us, aggr_us;
	bool scheme;		/* one of action stat that matches everything */
};

uint64_t now_ns(void);
void sleep_ns(uint64_t ns);

/* Makes kdamond 0 and starts it; returns the id of its thread. */
int tree_start(const struct setup *s);
/* Writes a keyword into the state file. */
void tree_command(const char *root, const char *keyword);
/* How many regions the scheme has tried so far, each time counted. */
uint64_t tree_tried(const char *root);
/* How many regions one round of the scheme tries. */
unsigned int tree_count_regions(const char *root);
void tree_stop(const char *root);

#endif
