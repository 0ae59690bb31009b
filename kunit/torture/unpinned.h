/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Read before core/kthread.c where it becomes part of the torture module, whose kdamonds hold
 * no reference to it: so it can be unloaded at any moment.  Its exit stops each of them and
 * waits until the thread is gone.
 */
#include <linux/module.h>

#define try_module_get(module) ((void)(module), true)
#define module_put(module) ((void)(module))
#undef module_put_and_kthread_exit
#define module_put_and_kthread_exit(code) return (code)
