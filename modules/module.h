/* SPDX-License-Identifier: GPL-2.0 */
/* What makes a kernel module of a struct damonxx_special. */
#ifndef DAMONXX_MODULE_H
#define DAMONXX_MODULE_H

#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include "damonxx/version.h"
#include "modules/special.h"

extern const struct kernel_param_ops damonxx_parameter_ops;

/* A parameter that has a row in the table of @special. */
#define DAMONXX_PARAMETER(special, name, mode, text) \
	module_param_cb(name, &damonxx_parameter_ops, &(special), mode); \
	MODULE_PARM_DESC(name, text)

/* The life of a module that has nothing but @special. */
#define DAMONXX_SPECIAL_MODULE(special, text) \
	static int __init special_module_init(void) \
	{ \
		kernel_param_lock(THIS_MODULE); \
		damonxx_special_init(&(special)); \
		kernel_param_unlock(THIS_MODULE); \
		return 0; \
	} \
	static void __exit special_module_exit(void) \
	{ \
		kernel_param_lock(THIS_MODULE); \
		damonxx_special_exit(&(special)); \
		kernel_param_unlock(THIS_MODULE); \
	} \
	module_init(special_module_init); \
	module_exit(special_module_exit); \
	MODULE_AUTHOR("damonxx developers"); \
	MODULE_DESCRIPTION(text); \
	MODULE_VERSION(DAMONXX_VERSION); \
	MODULE_LICENSE("GPL")

#endif
