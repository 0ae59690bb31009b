/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the special-purpose modules share: parameters as data, and one context that they turn on
 * and off.  It is in damonxx itself, a user of the in-kernel API.  Read by both languages.
 *
 * A module has a struct damonxx_module in C++, and a file in C that makes kernel parameters of the
 * same names (modules/kernel/module_macros.h).  Whatever is done here is done with the kernel's lock on the
 * module's parameters held, so all values that it takes belong together.
 */
#ifndef DAMONXX_MODULE_H
#define DAMONXX_MODULE_H

#include "damonxx/damonxx.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DAMONXX_MAX_RESULTS 101
#define DAMONXX_MAX_MODULE_SCHEMES 32

enum damonxx_parameter_type {
	DAMONXX_PARAMETER_NUMBER,
	DAMONXX_PARAMETER_BOOL,
	DAMONXX_PARAMETER_NODE,	   /* a node's number, or -1 for none */
	DAMONXX_PARAMETER_ENABLED, /* whether the kdamond runs */
	DAMONXX_PARAMETER_COMMIT,  /* writing Y commits */
	DAMONXX_PARAMETER_PID,	   /* of the kdamond */
	DAMONXX_PARAMETER_COUNTER, /* of a scheme, since the module was enabled */
	DAMONXX_PARAMETER_RESULTS, /* what the module itself makes of the context */
	DAMONXX_PARAMETER_TEXT,	   /* what it says by itself */
};

struct damonxx_parameter {
	const char *name;
	u32 type; /* enum damonxx_parameter_type */
	/* Of numbers, of booleans as 0 and 1, and of nodes, none being all ones. */
	u64 *value;
	u64 least, most;
	/* Of counters. */
	u32 scheme;
	u32 every;    /* sums up this scheme and each one so far behind it; 0: only this */
	u32 offset;   /* in struct damonxx_scheme_stats */
	bool is_size; /* told in bytes */
	/* Of results: fills up to DAMONXX_MAX_RESULTS, and returns how many.  @context is null
	 * while no kdamond runs. */
	u32 (*results)(struct damonxx_context *context, s64 *out);
	/* Of text: writes lines, with a NUL at the end, to at most @size bytes. */
	void (*text)(char *buffer, u32 size);
};

/* Modules that decide about the same memory in different ways. */
#define DAMONXX_RECLAIM 0x1u
#define DAMONXX_LRU_SORT 0x2u

struct damonxx_module {
	const char *name;	 /* of the module */
	const char *thread_name; /* the name of its thread, kdamond.something */
	const struct damonxx_parameter *parameters;
	u32 nr_parameters;
	u32 kind;	      /* which of the above it is, or 0 */
	u32 conflicts_with;   /* those it is at odds with */
	const char *conflict; /* what the log says where one of them runs, too */
	/* Before configure(); may be null.  An errno with the reason: there is nothing to configure
	 * for.  Or 0, and maybe a sentence for the log. */
	int (*prepare)(struct damonxx_reason *reason);
	/* What the parameters ask for, in @settings, which has the defaults.  What that points to
	 * stays until the lock is released.  @running: null, or what a commit finds. */
	void (*configure)(struct damonxx_settings *settings,
			  const struct damonxx_monitoring *running);

	/* The rest begins as 0 and is for those below. */
	struct damonxx_context *context; /* null: not enabled */
	bool loaded;			 /* since init */
	bool gone;			 /* since exit */
	bool wanted;			 /* it is to run as soon as it can */
	u64 unit_bytes;			 /* of what the kdamond counts in */
	struct damonxx_settings settings;
	struct damonxx_reason reason;
	struct damonxx_scheme_stats stats[DAMONXX_MAX_MODULE_SCHEMES]; /* the last ones read */
	s64 results[DAMONXX_MAX_RESULTS]; /* likewise; too much for the stack */
	char text[1024];		  /* likewise */
};

/* The rest: CONTEXT: process, the kernel's lock on the module's parameters held. */

/* At load: enables the module if its parameters said so.  If that fails, the log says why. */
void damonxx_module_init(struct damonxx_module *module);
void damonxx_module_exit(struct damonxx_module *module);
/* The machine has changed: commits, or enables it if it was waiting for that, or disables it and
 * waits if nothing is left to do. */
void damonxx_module_follow(struct damonxx_module *module);
/* A write; @text is null for a name without a value on a command line.  0, or an errno:
 * -EINVAL and -ERANGE of the value itself, or what enabling or committing has come to. */
DAMONXX_MUST_CHECK int damonxx_module_set(struct damonxx_module *module, const char *name,
					  const char *text);
/* A read, into a buffer of @size bytes; returns the length. */
DAMONXX_MUST_CHECK int damonxx_module_get(struct damonxx_module *module, const char *name,
					  char *buffer, u32 size);

#ifdef __cplusplus
}
#endif
#endif
