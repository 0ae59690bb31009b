/* SPDX-License-Identifier: GPL-2.0 */
/* Kobjects: what differs between kernel versions. */
#ifndef DAMONXX_COMPAT_KOBJECT_H
#define DAMONXX_COMPAT_KOBJECT_H

#include <linux/kobject.h>
#include <linux/version.h>

/* struct kobj_type may be constant since 6.2. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define COMPAT_KTYPE_CONST const
#else
#define COMPAT_KTYPE_CONST
#endif

#endif
