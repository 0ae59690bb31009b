/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The torture test's own boundary, beside kapi.h: what its C++ needs from the world around
 * it and the C files here or selftests/host/torture_host_test.cc provide, and how it is
 * started and stopped.  Read by both languages.
 */
#ifndef DAMONXX_TORTURE_WORLD_H
#define DAMONXX_TORTURE_WORLD_H

#include "damonxx/kapi.h"

#define DAMONXX_TORTURE_MAX_THREADS 32
#define DAMONXX_TORTURE_MAX_CONTEXTS 32

struct damonxx_torture_settings {
	u64 seed;
	u32 seconds; /* until it ends by itself; 0: only when stopped */
	u32 threads;
	u32 contexts;
	u32 patience_s; /* an answer that takes longer never comes */
};

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what the world provides ------------------------------------------------------- */

/* One line for who reads the result, without a newline.  CONTEXT: process. */
void damonxx_torture_say(const char *text);

/* A number for kapi_pid_get(), chosen by @random: of a process that lives, that may die at
 * any time, that has no memory, or of none.  CONTEXT: any. */
int damonxx_torture_pid(u64 random);

/* The @k-th allocation from now fails, whoever asks for it; 0: none.  CONTEXT: any. */
void damonxx_torture_fail_allocation(u32 k);
/* How many failed so.  CONTEXT: any. */
u64 damonxx_torture_failed_allocations(void);

/* References to process ids and address spaces that are held now.  CONTEXT: any. */
u64 damonxx_torture_references(void);

/* Between these two calls of thread @index, interrupts reach it. */
void damonxx_torture_enter(u32 index);
void damonxx_torture_leave(u32 index);
/* Ends an interruptible wait of thread @index, or its next one.  CONTEXT: process. */
void damonxx_torture_interrupt(u32 index);
/* What came so far is void.  CONTEXT: the thread itself. */
void damonxx_torture_forget_interrupts(void);

/* Whether thread @pid is there and called @name.  CONTEXT: process. */
bool damonxx_torture_has_thread(int pid, const char *name);

/* ---- what the world calls ---------------------------------------------------------- */

/* Returns when it runs.  CONTEXT: process. */
KAPI_MUST_CHECK int damonxx_torture_start(const struct damonxx_torture_settings *settings);
/* Ends it, if it has not ended by itself; the last line is out then.  Owed after a start.
 * True: nothing was found.  CONTEXT: process, sleeps. */
bool damonxx_torture_stop(void);

#ifdef __cplusplus
}
#endif
#endif
