/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interface between C and C++ of the torture test, in addition to kapi.h.  The C files here and
 * selftests/host/torture_host_test.cc provide what its C++ code needs.  Included by both languages.
 */
#ifndef DAMONXX_TORTURE_WORLD_H
#define DAMONXX_TORTURE_WORLD_H

#include "damonxx/kapi.h"

#define DAMONXX_TORTURE_MAX_THREADS 32
#define DAMONXX_TORTURE_MAX_CONTEXTS 32

struct damonxx_torture_settings {
	u64 seed;
	u32 seconds; /* duration; 0: until it is stopped */
	u32 threads;
	u32 contexts;
	u32 patience_s; /* an answer that takes longer is a failure */
};

#ifdef __cplusplus
extern "C" {
#endif

/* ---- provided by C, or by the host test -------------------------------------------- */

/* Prints one line of the result; @text has no newline.  CONTEXT: process. */
void damonxx_torture_say(const char *text);

/* A PID for kapi_pid_get(), chosen by @random: of a process that stays, that may exit at any time,
 * that has no memory, or of no process.  CONTEXT: any. */
int damonxx_torture_pid(u64 random);

/* Lets the @k-th allocation from now fail, in any thread; 0: none.  CONTEXT: any. */
void damonxx_torture_fail_allocation(u32 k);
/* How many allocations were made to fail.  CONTEXT: any. */
u64 damonxx_torture_failed_allocations(void);

/* Number of references to process ids and address spaces held now.  CONTEXT: any. */
u64 damonxx_torture_references(void);

/* Thread @index can be interrupted between these two calls.  CONTEXT: the thread itself. */
void damonxx_torture_enter(u32 index);
void damonxx_torture_leave(u32 index);
/* Ends an interruptible wait of thread @index, or its next one.  CONTEXT: process. */
void damonxx_torture_interrupt(u32 index);
/* Discards pending interrupts.  CONTEXT: the thread itself. */
void damonxx_torture_forget_interrupts(void);

/* Whether thread @pid exists and is called @name.  CONTEXT: process. */
bool damonxx_torture_has_thread(int pid, const char *name);

/* ---- provided by C++ --------------------------------------------------------------- */

/* Starts the test.  -EINVAL, -EOPNOTSUPP, -ENOMEM, or the errno of kapi_thread_start().
 * CONTEXT: process, may sleep. */
KAPI_MUST_CHECK int damonxx_torture_start(const struct damonxx_torture_settings *settings);
/* Ends the test, and prints its last line before it returns.  The caller must call it after a
 * successful start, also if the test has ended by itself.  True: no failure was found.
 * CONTEXT: process, sleeps. */
bool damonxx_torture_stop(void);

#ifdef __cplusplus
}
#endif
#endif
