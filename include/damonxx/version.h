/* SPDX-License-Identifier: GPL-2.0 */
/* The version of all modules: modinfo and /sys/module/NAME/version show it.  dkms.conf repeats it. */
#ifndef DAMONXX_VERSION_H
#define DAMONXX_VERSION_H

#define DAMONXX_VERSION "0.1"

#endif
