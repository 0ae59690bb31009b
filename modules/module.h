/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Common code of the special-purpose modules: tables of parameters, and a context that is started
 * and stopped.  It is part of damonxx itself, and uses the in-kernel API.  Read by both languages.
 *
 * A module has a struct damonxx_module in C++, and a file in C that makes kernel parameters of the
 * same names (modules/kernel/module_macros.h).  All functions run with the kernel's lock on the
 * module's parameters held, so all parameter values that they read are consistent.
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
	DAMONXX_PARAMETER_NODE,	   /* a node ID, or -1 for none */
	DAMONXX_PARAMETER_ENABLED, /* whether the kdamond runs */
	DAMONXX_PARAMETER_COMMIT,  /* writing Y commits */
	DAMONXX_PARAMETER_PID,	   /* of the kdamond */
	DAMONXX_PARAMETER_COUNTER, /* of a scheme, since the module was enabled */
	DAMONXX_PARAMETER_RESULTS, /* numbers that the module computes from its context */
	DAMONXX_PARAMETER_TEXT,	   /* text that the module writes */
};

struct damonxx_parameter {
	const char *name;
	u32 type; /* enum damonxx_parameter_type */
	/* Numbers, booleans (0 or 1), and nodes (all ones for none). */
	u64 *value;
	u64 least, most;
	/* Counters. */
	u32 scheme;
	u32 every;    /* sums up this scheme and each @every-th one after it; 0: only this one */
	u32 offset;   /* in struct damonxx_scheme_stats */
	bool is_size; /* a size in units: shown in bytes */
	/* Results: writes up to DAMONXX_MAX_RESULTS numbers to @out and returns their number.
	 * @context is null while no kdamond runs. */
	u32 (*results)(struct damonxx_context *context, s64 *out);
	/* Text: writes lines and a final NUL, at most @size bytes. */
	void (*text)(char *buffer, u32 size);
};

/* Kinds of modules whose actions on the same memory may contradict each other. */
#define DAMONXX_RECLAIM 0x1u
#define DAMONXX_LRU_SORT 0x2u

struct damonxx_module {
	const char *name;	 /* of the module */
	const char *thread_name; /* name of its kdamond: kdamond.NAME */
	const struct damonxx_parameter *parameters;
	u32 nr_parameters;
	u32 kind;	      /* one of the above, or 0 */
	u32 conflicts_with;   /* kinds that it conflicts with */
	const char *conflict; /* logged if one of them is enabled, too */
	/* Called before configure(); may be null.  Returns 0, and may set @reason to a line for the
	 * log; or a negative errno with the reason, and configure() is not called. */
	int (*prepare)(struct damonxx_reason *reason);
	/* Sets @settings, which has the defaults, as the parameters say.  Objects that @settings
	 * points to stay valid until the lock is released.  @running: null, or for a commit the
	 * state of the running context. */
	void (*configure)(struct damonxx_settings *settings,
			  const struct damonxx_monitoring *running);

	/* The rest is 0 at first, and private to the functions below. */
	struct damonxx_context *context; /* null: not enabled */
	bool loaded;			 /* since init */
	bool gone;			 /* since exit */
	bool wanted;			 /* enabled by the user; follow() may have to start it */
	u64 unit_bytes;			 /* addr_unit of the context */
	struct damonxx_settings settings;
	struct damonxx_reason reason;
	struct damonxx_scheme_stats stats[DAMONXX_MAX_MODULE_SCHEMES]; /* as last read */
	s64 results[DAMONXX_MAX_RESULTS]; /* of a read; too large for the stack */
	char text[1024];		  /* likewise */
};

/* All functions: CONTEXT: process, may sleep; the kernel's lock on the module's parameters held. */

/* At load: enables the module if its parameters say so.  A failure is logged with the reason. */
void damonxx_module_init(struct damonxx_module *module);
void damonxx_module_exit(struct damonxx_module *module);
/* To be called after memory hotplug, for a module that the user has enabled: commits if it runs,
 * else tries to start it.  If a commit fails with ENODEV, stops it until the next call. */
void damonxx_module_follow(struct damonxx_module *module);
/* Writes a parameter; @text is null for a name without a value on a command line.  0 or a negative
 * errno: -ENOENT, -EINVAL or -ERANGE for the value, or the error of enabling or committing. */
DAMONXX_MUST_CHECK int damonxx_module_set(struct damonxx_module *module, const char *name,
					  const char *text);
/* Reads a parameter into @buffer of @size bytes.  Returns the length, or -ENOENT. */
DAMONXX_MUST_CHECK int damonxx_module_get(struct damonxx_module *module, const char *name,
					  char *buffer, u32 size);

#ifdef __cplusplus
}
#endif
#endif
