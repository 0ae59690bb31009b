// SPDX-License-Identifier: GPL-2.0
/*
 * hotspot: a process that knows which of its memory is hot, and says so.
 *
 * It maps one area, faults it in completely, and then touches every page of a few hot ranges again
 * and again: touch, then sleep.  After each phase the hot ranges move to places that were cold.
 * The truth goes to stdout or to --out, one fact a line, CLOCK_MONOTONIC in nanoseconds:
 *
 *	area START END
 *	phase TIME_NS N START-END START-END ...
 *	passes COUNT MEAN_NS LONGEST_NS		from pass to pass in the phase just over
 *	end TIME_NS
 */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE		4096ul
#define MIB		(1ul << 20)
#define SECOND_NS	1000000000ul
#define MAX_RANGES	16
#define MAX_PHASES	64
#define MAX_THREADS	64

static const char usage[] =
	"usage: hotspot [--OPTION VALUE]...\n"
	"  --mib N          size of the area (256)\n"
	"  --hot N,N,...    sizes of the hot ranges in MiB (24,16)\n"
	"  --cold-only      no hot ranges\n"
	"  --phase SECONDS  the hot ranges move that often (10)\n"
	"  --phases N       places in all (2); they stay in the last one\n"
	"  --seconds N      end after that time (0: when told by a signal)\n"
	"  --pause-us N     sleep between two passes (2000)\n"
	"  --seed N         decides the places (1)\n"
	"  --threads N      share each pass (1)\n"
	"  --huge           ask for huge pages, else refuse them\n"
	"  --node N         on this NUMA node at first, where it may be moved away from\n"
	"  --out FILE       where the truth goes (stdout)\n";

struct range {
	unsigned long start, end;
};

/* Written before the threads start, then only read. */
static unsigned long area_mib = 256, phase_s = 10, nr_phases = 2, total_s, pause_us = 2000, seed = 1;
static unsigned long nr_threads = 1, nr_hot = 2, hot_mib[MAX_RANGES] = { 24, 16 };
static bool huge;
static long node = -1;
static struct range area, hot[MAX_PHASES][MAX_RANGES];
static unsigned long begin_ns;

static volatile sig_atomic_t stopping;

static unsigned long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static void touch(unsigned long start, unsigned long end, unsigned long step)
{
	for (; start < end; start += step)
		*(volatile char *)start += 1;
}

/* From now on memory comes from --node, or again from anywhere. */
static void bind_to_node(bool bound)
{
	const int bind = 2;
	const unsigned long mask = 1ul << node;

	if (node >= 0 && syscall(SYS_set_mempolicy, bound ? bind : 0, bound ? &mask : NULL, bound ? 64 : 0))
		err(1, "cannot use node %ld", node);
}

static struct range map(unsigned long bytes, int flags, int advice)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
	struct range r = { (unsigned long)at, (unsigned long)at + bytes };

	if (at == MAP_FAILED)
		err(1, "cannot map %lu KiB", bytes / 1024);
	madvise(at, bytes, advice);
	touch(r.start, r.end, PAGE);
	return r;
}

/*
 * An emulated TLB hardly ever evicts, so a page that stays in it would look idle however often it
 * is touched.  Real TLBs evict.  Taking access from more than 33 pages flushes all of the TLB.
 */
static void flush_tlb(void)
{
	static struct range scratch;

	if (!scratch.start)
		scratch = map(64 * PAGE, MAP_SHARED, MADV_NORMAL);
	mprotect((void *)scratch.start, scratch.end - scratch.start, PROT_NONE);
	mprotect((void *)scratch.start, scratch.end - scratch.start, PROT_READ | PROT_WRITE);
}

/* splitmix64 */
static unsigned long random_u64(void)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static bool meets(struct range r, const struct range *others, unsigned int nr)
{
	for (unsigned int i = 0; i < nr; i++)
		if (r.start < others[i].end && others[i].start < r.end)
			return true;
	return false;
}

/* Hot ranges overlap neither each other nor where it was hot a phase before. */
static struct range place(unsigned int phase, unsigned int index)
{
	unsigned long bytes = hot_mib[index] * MIB;

	for (unsigned int tries = 0; bytes <= area_mib * MIB && tries < 100000; tries++) {
		unsigned long start = area.start + random_u64() % ((area_mib * MIB - bytes) / PAGE + 1) * PAGE;
		struct range r = { start, start + bytes };

		if (!meets(r, hot[phase], index) && !(phase && meets(r, hot[phase - 1], nr_hot)))
			return r;
	}
	errx(1, "the hot ranges do not fit into %lu MiB", area_mib);
}

static unsigned int phase_at(unsigned long ns)
{
	unsigned long phase = (ns - begin_ns) / (phase_s * SECOND_NS);

	return phase < nr_phases ? phase : nr_phases - 1;
}

static bool over(unsigned long ns)
{
	return stopping || (total_s && ns - begin_ns >= total_s * SECOND_NS);
}

/* Thread @id touches every page whose number is @id modulo the number of threads, then sleeps. */
static void pass(unsigned int phase, unsigned long id)
{
	struct timespec pause = { pause_us / 1000000, pause_us % 1000000 * 1000 };

	for (unsigned int i = 0; i < nr_hot; i++)
		touch(hot[phase][i].start + id * PAGE, hot[phase][i].end, nr_threads * PAGE);
	clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

static void report_phase(unsigned int phase, unsigned long ns)
{
	printf("phase %lu %lu", ns, nr_hot);
	for (unsigned int i = 0; i < nr_hot; i++)
		printf(" %#lx-%#lx", hot[phase][i].start, hot[phase][i].end);
	putchar('\n');
}

/* The first thread's passes in one phase; returns when they ended. */
static unsigned long lead_phase(unsigned int phase)
{
	unsigned long start_ns = now_ns(), last_ns = start_ns, longest_ns = 0, count = 0, ns;

	report_phase(phase, start_ns);
	do {
		flush_tlb();
		pass(phase, 0);
		ns = now_ns();
		longest_ns = ns - last_ns > longest_ns ? ns - last_ns : longest_ns;
		last_ns = ns;
		count++;
	} while (!over(ns) && phase_at(ns) == phase);
	printf("passes %lu %lu %lu\n", count, (ns - start_ns) / count, longest_ns);
	return ns;
}

static void *follow(void *id)
{
	for (unsigned long ns = now_ns(); !over(ns); ns = now_ns())
		pass(phase_at(ns), (unsigned long)id);
	return NULL;
}

static void run(void)
{
	pthread_t threads[MAX_THREADS];
	unsigned long ns;

	ns = begin_ns = now_ns();
	for (unsigned long id = 1; id < nr_threads; id++)
		if (pthread_create(&threads[id], NULL, follow, (void *)id))
			errx(1, "cannot start thread %lu", id);
	while (!over(ns))
		ns = lead_phase(phase_at(ns));
	printf("end %lu\n", ns);
	for (unsigned long id = 1; id < nr_threads; id++)
		pthread_join(threads[id], NULL);
}

static void on_signal(int signal)
{
	(void)signal;
	stopping = 1;
}

static unsigned long number(const char *option, const char *text, unsigned long min, unsigned long max)
{
	unsigned long n;
	char *end;

	n = strtoul(text, &end, 0);
	if (!*text || *end || n < min || n > max)
		errx(2, "%s takes a number from %lu to %lu, not \"%s\"", option, min, max, text);
	return n;
}

static void set_hot(char *list)
{
	nr_hot = 0;
	for (char *word = strtok(list, ","); word; word = strtok(NULL, ",")) {
		if (nr_hot == MAX_RANGES)
			errx(2, "--hot takes at most %d ranges", MAX_RANGES);
		hot_mib[nr_hot++] = number("--hot", word, 1, 1ul << 20);
	}
}

static bool set_number(const char *option, const char *text)
{
	static const struct {
		const char *name;
		unsigned long *value, min, max;
	} numbers[] = {
		{ "--mib", &area_mib, 1, 1ul << 20 },
		{ "--phase", &phase_s, 1, 1000000 },
		{ "--phases", &nr_phases, 1, MAX_PHASES },
		{ "--seconds", &total_s, 0, 1000000 },
		{ "--node", (unsigned long *)&node, 0, 63 },
		{ "--pause-us", &pause_us, 0, 1000000000 },
		{ "--seed", &seed, 0, -1ul },
		{ "--threads", &nr_threads, 1, MAX_THREADS },
	};

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(option, numbers[i].name)) {
			*numbers[i].value = number(option, text, numbers[i].min, numbers[i].max);
			return true;
		}
	return false;
}

static void parse(char **argv)
{
	for (char **word = argv + 1; *word; word++) {
		if (!strcmp(*word, "--cold-only"))
			nr_hot = 0;
		else if (!strcmp(*word, "--huge"))
			huge = true;
		else if (!word[1])
			errx(2, "does not know %s, or it lacks its value\n%s", *word, usage);
		else if (!strcmp(*word, "--hot"))
			set_hot(*++word);
		else if (!strcmp(*word, "--out") && !freopen(word[1], "w", stdout))
			err(1, "cannot write %s", word[1]);
		else if (!strcmp(*word, "--out") || set_number(word[0], word[1]))
			word++;
		else
			errx(2, "does not know %s\n%s", *word, usage);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	parse(argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	bind_to_node(true);
	area = map(area_mib * MIB, MAP_PRIVATE, huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	bind_to_node(false);
	for (unsigned int phase = 0; phase < nr_phases; phase++)
		for (unsigned int i = 0; i < nr_hot; i++)
			hot[phase][i] = place(phase, i);
	printf("area %#lx %#lx\n", area.start, area.end);
	run();
	return 0;
}
