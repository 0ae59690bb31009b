// SPDX-License-Identifier: GPL-2.0
/* Kernel parameters of special-purpose modules: passes reads and writes to the tables in C++. */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include "modules/kernel/module_macros.h"

EXPORT_SYMBOL_GPL(damonxx_module_init);
EXPORT_SYMBOL_GPL(damonxx_module_exit);
EXPORT_SYMBOL_GPL(damonxx_module_follow);

/* For a built-in module, the kernel's name of a parameter is MODULE.NAME. */
static const char *name_of(const struct kernel_param *param)
{
	const char *dot = strrchr(param->name, '.');

	return dot ? dot + 1 : param->name;
}

static int set(const char *text, const struct kernel_param *param)
{
	return damonxx_module_set(param->arg, name_of(param), text);
}

static int get(char *page, const struct kernel_param *param)
{
	return damonxx_module_get(param->arg, name_of(param), page, PAGE_SIZE);
}

const struct kernel_param_ops damonxx_parameter_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = set,
	.get = get,
};
EXPORT_SYMBOL_GPL(damonxx_parameter_ops);
