// SPDX-License-Identifier: GPL-2.0
/* damonxx_stat.ko: its parameters, which modules/stat.cc gives a meaning. */
#include "modules/kernel/module_macros.h"

extern struct damonxx_module damonxx_stat_module;
#define DAMONXX_SPECIAL damonxx_stat_module
#include "modules/stat_parameters.h"

DAMONXX_MODULE(damonxx_stat_module, "Tells how the memory of the system is used");
