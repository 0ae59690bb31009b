/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DAMONXX_RAM_H
#define DAMONXX_RAM_H

/* Starts to count changes of online memory.  Returns 0 or a negative errno. */
int damonxx_ram_init(void);
void damonxx_ram_exit(void);

#endif
