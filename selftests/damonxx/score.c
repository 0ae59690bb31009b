// SPDX-License-Identifier: GPL-2.0
/*
 * score RECORD TRUTH [GRANULE [PID]]: compares what the recorder wrote with what the workload knows.
 *
 * Prints, for each phase: "phase N RECALL PRECISION SNAPSHOTS FOUND_MS", of the snapshots in its second half,
 * both in permil of bytes, inside the workload's area only; and how long after its begin a snapshot was taken
 * in which both were at least 95 %, -1 if none was.  Found hot is what was accessed in at least half of the
 * samples.  With GRANULE (bytes), true ranges reach to the next multiples of it: memory that is mapped
 * in huge pages cannot be known more finely.  With PID, that of the workload, the record is of physical
 * memory: each page of the area is looked for by its frame.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096ul

struct range {
	unsigned long start, end;
};

struct phase {
	unsigned long begin_ns, end_ns;
	struct range hot[16];
	unsigned int nr_hot;
	unsigned long true_bytes, found_bytes, hit_bytes, snapshots;
	long found_ms;
};

/* One snapshot, beside the truth of its phase. */
static struct snapshot {
	unsigned long ns, found_bytes, hit_bytes;
} now;

static struct range area;
static struct phase phases[64];
static unsigned int nr_phases;
static unsigned long granule = 1;

/* The pages of the area, in the order of their frames. */
static struct frame {
	unsigned long physical, virtual;
} *frames;
static size_t nr_frames;

static unsigned long common(struct range a, struct range b)
{
	unsigned long start = a.start > b.start ? a.start : b.start;
	unsigned long end = a.end < b.end ? a.end : b.end;

	return start < end ? end - start : 0;
}

static void add_phase(char *words)
{
	struct phase *p = &phases[nr_phases++];
	int at;

	if (nr_phases > 64 || sscanf(words, "%lu %u%n", &p->begin_ns, &p->nr_hot, &at) != 2 || p->nr_hot > 16)
		errx(2, "not understood: phase %s", words);
	p->end_ns = -1ul;
	p->found_ms = -1;
	if (nr_phases > 1)
		p[-1].end_ns = p->begin_ns;
	for (unsigned int i = 0; i < p->nr_hot; i++) {
		int n;

		if (sscanf(words += at, " %li-%li%n", (long *)&p->hot[i].start, (long *)&p->hot[i].end, &n) != 2)
			errx(2, "not understood: %s", words);
		at = n;
		p->hot[i].start &= ~(granule - 1);
		p->hot[i].end = (p->hot[i].end + granule - 1) & ~(granule - 1);
	}
}

static FILE *open_text(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		err(2, "%s", path);
	return file;
}

static void read_truth(const char *path)
{
	FILE *file = open_text(path);
	char line[2048];

	while (fgets(line, sizeof(line), file)) {
		sscanf(line, "area %li %li", (long *)&area.start, (long *)&area.end);
		if (!strncmp(line, "phase ", 6))
			add_phase(line + 6);
	}
	fclose(file);
	if (area.start >= area.end || !nr_phases)
		errx(2, "%s tells no area and phases", path);
}

/* The phases never end before the record does. */
static void close_last_phase(const char *path)
{
	FILE *file = open_text(path);
	unsigned long ns;
	char line[256];

	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "snapshot %lu", &ns) == 1)
			phases[nr_phases - 1].end_ns = ns;
	fclose(file);
}

static struct phase *phase_at(unsigned long ns)
{
	for (unsigned int i = 0; i < nr_phases; i++)
		if (phases[i].begin_ns < ns && ns <= phases[i].end_ns)
			return &phases[i];
	return NULL;
}

static int compare_frames(const void *a, const void *b)
{
	const struct frame *left = a, *right = b;

	return (left->physical > right->physical) - (left->physical < right->physical);
}

static void read_frames(const char *pid)
{
	size_t n = (area.end - area.start) / PAGE;
	uint64_t *entries = malloc(n * sizeof(*entries));
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/pagemap", pid);
	fd = open(path, O_RDONLY);
	frames = malloc(n * sizeof(*frames));
	if (fd < 0 || !entries || !frames ||
	    pread(fd, entries, n * sizeof(*entries), area.start / PAGE * sizeof(*entries)) !=
		    (ssize_t)(n * sizeof(*entries)))
		err(2, "%s", path);
	for (size_t i = 0; i < n; i++) {
		unsigned long number = entries[i] & ((1ul << 55) - 1);

		if (entries[i] >> 63 && number)
			frames[nr_frames++] = (struct frame){ number * PAGE, area.start + i * PAGE };
	}
	if (nr_frames < n)
		errx(2, "%zu of %zu pages have no frame that can be seen", n - nr_frames, n);
	qsort(frames, nr_frames, sizeof(*frames), compare_frames);
	close(fd);
	free(entries);
}

static void count_found(const struct phase *p, struct range found)
{
	now.found_bytes += common(found, area);
	for (unsigned int i = 0; i < p->nr_hot; i++)
		now.hit_bytes += common(found, p->hot[i]);
}

static void count_found_frames(const struct phase *p, struct range found)
{
	size_t low = 0, high = nr_frames;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (frames[middle].physical < found.start)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < nr_frames && frames[low].physical < found.end; low++)
		count_found(p, (struct range){ frames[low].virtual, frames[low].virtual + PAGE });
}

static unsigned long permil(unsigned long part, unsigned long whole)
{
	return whole ? part * 1000 / whole : 0;
}

static void end_snapshot(struct phase *p)
{
	unsigned long true_bytes = 0;

	if (!p)
		return;
	for (unsigned int i = 0; i < p->nr_hot; i++)
		true_bytes += p->hot[i].end - p->hot[i].start;
	if (p->found_ms < 0 && permil(now.hit_bytes, true_bytes) >= 950 &&
	    permil(now.hit_bytes, now.found_bytes) >= 950)
		p->found_ms = (now.ns - p->begin_ns) / 1000000;
	if (now.ns < p->begin_ns + (p->end_ns - p->begin_ns) / 2)
		return;
	p->snapshots++;
	p->true_bytes += true_bytes;
	p->found_bytes += now.found_bytes;
	p->hit_bytes += now.hit_bytes;
}

static void read_record(const char *path)
{
	unsigned long sample_us = 1, aggr_us = 1, ns, nr, accesses, age;
	struct phase *phase = NULL;
	FILE *file = open_text(path);
	struct range found;
	char line[256];

	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "intervals %lu %lu", &sample_us, &aggr_us) == 2)
			continue;
		if (sscanf(line, "snapshot %lu %lu", &ns, &nr) == 2) {
			end_snapshot(phase);
			phase = nr ? phase_at(ns) : NULL;
			now = (struct snapshot){ .ns = ns };
		} else if (phase && sscanf(line, "%li %li %lu %lu", (long *)&found.start, (long *)&found.end,
					   &accesses, &age) == 4 && 2 * accesses >= aggr_us / sample_us) {
			if (frames)
				count_found_frames(phase, found);
			else
				count_found(phase, found);
		}
	}
	end_snapshot(phase);
	fclose(file);
}

int main(int argc, char **argv)
{
	if (argc < 3 || argc > 5)
		errx(2, "usage: score RECORD TRUTH [GRANULE [PID]]");
	if (argc > 3)
		granule = strtoul(argv[3], NULL, 0);
	read_truth(argv[2]);
	if (argc > 4)
		read_frames(argv[4]);
	close_last_phase(argv[1]);
	read_record(argv[1]);
	for (struct phase *p = phases; p < phases + nr_phases; p++)
		printf("phase %ld %lu %lu %lu %ld\n", p - phases + 1, permil(p->hit_bytes, p->true_bytes),
		       permil(p->hit_bytes, p->found_bytes), p->snapshots, p->found_ms);
	return 0;
}
