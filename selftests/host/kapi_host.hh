// SPDX-License-Identifier: GPL-2.0
#pragma once

// What the files of the host's kapi share with each other; tests read host.hh.

#include "host.hh"

#include <atomic>

namespace host {

// Ends the run; for what a test cannot go on from.
[[noreturn, gnu::format(printf, 1, 2)]] void die(const char *format, ...);

// Counts an allocation; false when it is to fail.
bool may_allocate();

u64 mix(u64 value);                // splitmix64's finalizer
u64 next_random(std::atomic<u64> &stream);

// Every file's share of reset() and leaks().
void reset_memory();
void reset_log();
void reset_scheduler(); // also the clock
void reset_threads();
void reset_processes();
void reset_directories();
void reset_trace();
void reset_machine();
void reset_lock_order();
void leaked_memory(std::string &text);
void leaked_threads(std::string &text);
void leaked_references(std::string &text);
void leaked_directories(std::string &text);
void count_memory(counters &out);
void count_threads(counters &out);
void count_processes(counters &out);

// Lock order: taking a lock while holding another one orders their classes for good; the
// opposite order is reported even when nobody happens to hang.
inline constexpr int first_directory_class = 32;
inline constexpr int max_lock_classes = 256;
void lock_order_acquire(int lock_class, bool can_give_up);
void lock_order_release(int lock_class);

} // namespace host
