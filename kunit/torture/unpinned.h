/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included before core/kernel/kthread.c in the torture module: its kdamonds hold no reference to
 * the module, so that it can be unloaded at any time.  Its exit stops each kdamond and waits until
 * the thread has exited.
 */
#include <linux/module.h>

#define try_module_get(module) ((void)(module), true)
#define module_put(module) ((void)(module))
#undef module_put_and_kthread_exit
#define module_put_and_kthread_exit(code) return (code)
