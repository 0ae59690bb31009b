// SPDX-License-Identifier: GPL-2.0
/* damonxx_stat.ko: module parameters; modules/stat.cc implements them. */
#include "modules/kernel/module_macros.h"

extern struct damonxx_module damonxx_stat_module;
#define DAMONXX_THIS_MODULE damonxx_stat_module
#include "modules/stat_parameters.h"

DAMONXX_MODULE("Measures how the memory of the system is used");
