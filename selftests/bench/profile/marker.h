/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instructions that do nothing, and that profile_plugin.c sees: a long nop whose unused displacement is "DX" and
 * a word of its own.
 */
#ifndef MARKER_H
#define MARKER_H

#define MARKER_START	0x0f, 0x1f, 0x84, 0x00, 0x44, 0x58, 0x01, 0x5e
#define MARKER_STOP	0x0f, 0x1f, 0x84, 0x00, 0x44, 0x58, 0x02, 0x5e

#define EXECUTE_(...)	asm volatile(".byte " #__VA_ARGS__ ::: "memory")
#define EXECUTE(...)	EXECUTE_(__VA_ARGS__)
#define profile_start()	EXECUTE(MARKER_START)
#define profile_stop()	EXECUTE(MARKER_STOP)

#endif
