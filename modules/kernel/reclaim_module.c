// SPDX-License-Identifier: GPL-2.0
/* damonxx_reclaim.ko: module parameters; modules/reclaim.cc implements them. */
#include "modules/kernel/module_macros.h"

extern struct damonxx_module damonxx_reclaim_module;
#define DAMONXX_THIS_MODULE damonxx_reclaim_module
#include "modules/reclaim_parameters.h"

DAMONXX_MODULE("Pages out memory that has not been accessed for some time");
