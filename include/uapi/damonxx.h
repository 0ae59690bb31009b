/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What contexts/<C>/snapshot holds: one header, then the targets, then the regions of all targets,
 * all as of one moment between two samples.  Everything is in the machine's byte order.
 *
 *	header						header_bytes
 *	target 0, 1, ... nr_targets - 1			target_bytes each
 *	region 0, 1, ... nr_regions - 1			region_bytes each
 *
 * Each of them may become longer, at its end, without a new version.  A reader takes the sizes from
 * the header, uses the members it knows, and skips the rest; it refuses another version, which is a
 * change that it would misunderstand.
 *
 * One read() gives all of it if its buffer is large enough; smaller ones give the same snapshot in
 * pieces, one after the other.  Reading at offset 0 takes a new snapshot.
 */
#ifndef _UAPI_DAMONXX_H
#define _UAPI_DAMONXX_H

#define DAMONXX_SNAPSHOT_MAGIC "damonxxS"	/* without the NUL at its end */
#define DAMONXX_SNAPSHOT_VERSION 1

/* Bits of damonxx_snapshot.flags. */
#define DAMONXX_SNAPSHOT_PAUSED 0x1u

/* Bits of damonxx_snapshot_target.flags. */
#define DAMONXX_TARGET_GONE 0x1u	/* its process has ended; it has no regions */

/* Values of damonxx_snapshot.operations. */
#define DAMONXX_VADDR 0u
#define DAMONXX_FVADDR 1u
#define DAMONXX_PADDR 2u

struct damonxx_snapshot {
	char magic[8];
	unsigned int version;
	unsigned int header_bytes;
	unsigned int target_bytes;
	unsigned int region_bytes;
	unsigned int nr_targets;
	unsigned int nr_regions;
	unsigned long long time_ns;		/* CLOCK_MONOTONIC */
	unsigned long long nr_samples;		/* since the kdamond was turned on */
	unsigned long long sample_us;
	unsigned long long aggr_us;
	unsigned long long addr_unit;		/* bytes in the unit of all addresses */
	unsigned int window_samples;		/* the most accesses possible in aggr_us */
	unsigned int window_position;		/* how many of them have been taken */
	unsigned int operations;
	unsigned int flags;
	unsigned int nr_probes;			/* whose hits are told */
	unsigned int reserved;			/* 0 */
};

struct damonxx_snapshot_target {
	unsigned int index;			/* among the running targets */
	int pid;				/* as it was written to pid_target */
	unsigned int first_region;
	unsigned int nr_regions;
	unsigned int flags;
	unsigned int reserved;			/* 0 */
};

struct damonxx_snapshot_region {
	unsigned long long start, end;		/* in units, half-open, sorted in a target */
	unsigned int nr_accesses;		/* over the last aggr_us, as of now */
	unsigned int last_nr_accesses;		/* in the last window that is complete */
	unsigned int age;			/* windows for which it has been like this */
	unsigned int flags;			/* 0 */
	unsigned char hits[8];			/* of probe 0, 1, ...; over the last aggr_us */
};

#ifdef __cplusplus
#define DAMONXX_ASSERT(condition) static_assert(condition, #condition)
#else
#define DAMONXX_ASSERT(condition) _Static_assert(condition, #condition)
#endif
DAMONXX_ASSERT(sizeof(struct damonxx_snapshot) == 96);
DAMONXX_ASSERT(__builtin_offsetof(struct damonxx_snapshot, version) == 8);
DAMONXX_ASSERT(__builtin_offsetof(struct damonxx_snapshot, time_ns) == 32);
DAMONXX_ASSERT(__builtin_offsetof(struct damonxx_snapshot, window_samples) == 72);
DAMONXX_ASSERT(__builtin_offsetof(struct damonxx_snapshot, flags) == 84);
DAMONXX_ASSERT(sizeof(struct damonxx_snapshot_target) == 24);
DAMONXX_ASSERT(__builtin_offsetof(struct damonxx_snapshot_target, flags) == 16);
DAMONXX_ASSERT(sizeof(struct damonxx_snapshot_region) == 40);
DAMONXX_ASSERT(__builtin_offsetof(struct damonxx_snapshot_region, nr_accesses) == 16);
DAMONXX_ASSERT(__builtin_offsetof(struct damonxx_snapshot_region, hits) == 32);
#undef DAMONXX_ASSERT

#endif
