/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instructions that do nothing, and that contents_plugin.c sees: a long nop whose unused displacement is "DX", a number,
 * and a byte of its own.
 */
#ifndef MARKERS_H
#define MARKERS_H

/* The last two bytes of the displacement are NUMBER and this. */
#define MARKER_BYTES	0x0f, 0x1f, 0x84, 0x00, 0x44, 0x58
#define MARKER_END	0x5f

/* Numbers.  Those between these two begin phases, in which the kernel's accesses to the content are counted. */
#define MARK_NOTHING	0	/* the end of a phase */
#define MARK_CONTENT	9	/* what the next instruction accesses is content; it is this one: */
#define CONTENT_ACCESS	0x8a, 0x07	/* movb (%rdi), %al */

#define TEXT_(...)	#__VA_ARGS__
#define TEXT(...)	TEXT_(__VA_ARGS__)
#define mark(number)	asm volatile(".byte " TEXT(MARKER_BYTES, number, MARKER_END) ::: "memory")

#endif
