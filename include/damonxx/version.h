/* SPDX-License-Identifier: GPL-2.0 */
/* The version of all modules, shown by modinfo and /sys/module/NAME/version; also in dkms.conf. */
#ifndef DAMONXX_VERSION_H
#define DAMONXX_VERSION_H

#define DAMONXX_VERSION "0.1"

#endif
