// SPDX-License-Identifier: GPL-2.0
// What ops/migration_history.c needs of the kernel, for migration_history_host_test.cc, which sets the clock.
#pragma once
#include "damonxx/kapi.h"

inline constexpr u64 host_hz = 250;
extern u64 host_jiffies;
inline u64 get_jiffies_64() { return host_jiffies; }
inline unsigned long msecs_to_jiffies(unsigned int ms) { return ms * host_hz / 1'000; }
inline u64 div_u64(u64 value, u32 divisor) { return value / divisor; }
