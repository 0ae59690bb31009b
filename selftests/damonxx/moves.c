// SPDX-License-Identifier: GPL-2.0
/*
 * moves: how often the pages of a process's addresses START to END change their node, and how soon after each other.
 *
 *	moves PID START END SECONDS	watches for so long; then, a line each:
 *		moved N		pages that changed their node, once or more
 *		most N		changes of the page with most
 *		shortest_ms N	the shortest time between two changes of one page, or up to 400 ms more; -1 without any
 *				second change
 *
 * Asks move_pages() every 200 ms, and touches nothing.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "common.h"

#define PAGE	4096ul
#define BATCH	4096ul

struct page {
	int node;			/* when last seen in memory, or -1 */
	unsigned int changes;
	uint64_t before_change_ns;	/* when it was last seen before its last change */
};

static struct page *pages;
static unsigned long start, n;
static uint64_t shortest_ns = UINT64_MAX;
static int pid;

static void look_at(unsigned long first, unsigned long count, uint64_t last_look_ns)
{
	static void *at[BATCH];
	static int nodes[BATCH];

	for (unsigned long i = 0; i < count; i++)
		at[i] = (void *)(start + (first + i) * PAGE);
	if (syscall(SYS_move_pages, pid, count, at, NULL, nodes, 0))
		err(1, "move_pages");
	const uint64_t now = now_ns();

	for (unsigned long i = 0; i < count; i++) {
		struct page *page = &pages[first + i];

		if (nodes[i] < 0 || nodes[i] == page->node)
			continue;
		if (page->node >= 0) {
			if (page->changes++ && now - page->before_change_ns < shortest_ns)
				shortest_ns = now - page->before_change_ns;
			page->before_change_ns = last_look_ns;
		}
		page->node = nodes[i];
	}
}

int main(int argc, char **argv)
{
	uint64_t begun_ns, last_ns, end_ns;
	unsigned long moved = 0;
	unsigned int most = 0;

	if (argc != 5)
		errx(2, "usage: moves PID START END SECONDS");
	pid = atoi(argv[1]);
	start = strtoul(argv[2], NULL, 0) & -PAGE;
	n = (strtoul(argv[3], NULL, 0) - start) / PAGE;
	pages = calloc(n, sizeof(*pages));
	if (!pages)
		err(1, "cannot remember %lu pages", n);
	for (unsigned long i = 0; i < n; i++)
		pages[i].node = -1;
	last_ns = begun_ns = now_ns();
	end_ns = begun_ns + strtoull(argv[4], NULL, 0) * 1000000000ull;
	while (last_ns < end_ns) {
		begun_ns = now_ns();
		for (unsigned long i = 0; i < n; i += BATCH)
			look_at(i, n - i < BATCH ? n - i : BATCH, last_ns);
		last_ns = begun_ns;
		usleep(200000);
	}
	for (unsigned long i = 0; i < n; i++) {
		moved += !!pages[i].changes;
		if (pages[i].changes > most)
			most = pages[i].changes;
	}
	printf("moved %lu\nmost %u\nshortest_ms %lld\n", moved, most,
	       shortest_ns == UINT64_MAX ? -1ll : (long long)(shortest_ns / 1000000));
	return 0;
}
