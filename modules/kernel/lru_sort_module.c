// SPDX-License-Identifier: GPL-2.0
/* damonxx_lru_sort.ko: module parameters; modules/lru_sort.cc implements them. */
#include "modules/kernel/module_macros.h"

extern struct damonxx_module damonxx_lru_sort_module;
#define DAMONXX_THIS_MODULE damonxx_lru_sort_module
#include "modules/lru_sort_parameters.h"

DAMONXX_MODULE("Sorts the LRU lists by what is accessed");
