/* SPDX-License-Identifier: GPL-2.0 */
/* Macros that make a kernel module of a struct damonxx_module. */
#ifndef DAMONXX_MODULE_MACROS_H
#define DAMONXX_MODULE_MACROS_H

#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include "damonxx/version.h"
#include "modules/module.h"

extern const struct kernel_param_ops damonxx_parameter_ops;

/*
 * Rows of a parameter table in C: see modules/shared_parameters.h.  A file that includes a table
 * first defines DAMONXX_THIS_MODULE, the struct damonxx_module that the parameters belong to.
 */
#define DAMONXX_PARAMETER(name, mode, text)                                          \
	module_param_cb(name, &damonxx_parameter_ops, &(DAMONXX_THIS_MODULE), mode); \
	MODULE_PARM_DESC(name, text);
#define PARAMETER_BOOL(name, initial, text) \
	DAMONXX_PARAMETER(name, 0600, text " (Y or N, default " #initial ")")
#define PARAMETER_NUMBER(name, initial, range, unit, text) \
	DAMONXX_PARAMETER(name, 0600, text " (" unit ", " range ", default " #initial ")")
#define PARAMETER_NUMBER_FROM(name, initial, least, unit, text) \
	PARAMETER_NUMBER(name, initial, #least " or more", unit, text)
#define PARAMETER_NUMBER_WITHIN(name, initial, least, most, unit, text) \
	PARAMETER_NUMBER(name, initial, #least " to " #most, unit, text)
#define PARAMETER_NODE(name, initial, text) \
	PARAMETER_NUMBER(name, initial, "-1 or more", "node ID", text)
#define PARAMETER_RESULT(name, unit, text) DAMONXX_PARAMETER(name, 0400, text " (" unit ")")

/* Init and exit functions of a module that consists of DAMONXX_THIS_MODULE only. */
#define DAMONXX_MODULE(text)                                 \
	static int __init module_enter(void)                 \
	{                                                    \
		kernel_param_lock(THIS_MODULE);              \
		damonxx_module_init(&(DAMONXX_THIS_MODULE)); \
		kernel_param_unlock(THIS_MODULE);            \
		return 0;                                    \
	}                                                    \
	static void __exit module_leave(void)                \
	{                                                    \
		kernel_param_lock(THIS_MODULE);              \
		damonxx_module_exit(&(DAMONXX_THIS_MODULE)); \
		kernel_param_unlock(THIS_MODULE);            \
	}                                                    \
	module_init(module_enter);                           \
	module_exit(module_leave);                           \
	MODULE_AUTHOR("damonxx developers");                 \
	MODULE_DESCRIPTION(text);                            \
	MODULE_VERSION(DAMONXX_VERSION);                     \
	MODULE_LICENSE("GPL")

#endif
