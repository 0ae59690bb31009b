// SPDX-License-Identifier: GPL-2.0
#pragma once
#include <linux/types.h>
#include "selftests/host/migration_history.h"

static inline u64 get_jiffies_64(void) { return host_jiffies; }
static inline unsigned long msecs_to_jiffies(unsigned int ms) { return ms * HOST_HZ / 1000UL; }
static inline u64 div_u64(u64 value, u32 divisor) { return value / divisor; }
