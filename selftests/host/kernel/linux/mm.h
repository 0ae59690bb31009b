// SPDX-License-Identifier: GPL-2.0
// As jiffies.h beside this.
#pragma once
#include <cstdlib>

#define U16_MAX 0xffffu
#define GFP_KERNEL 0
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value) __atomic_store_n(&(x), value, __ATOMIC_RELAXED)
#define smp_load_acquire(x) __atomic_load_n(x, __ATOMIC_ACQUIRE)
#define smp_store_release(x, value) __atomic_store_n(x, value, __ATOMIC_RELEASE)

struct folio {
	unsigned long frame;
};
inline unsigned long folio_pfn(const folio *f) { return f->frame; }

// C converts it to any pointer by itself.
struct zeroed_memory {
	void *at;
	template <typename T> operator T *() const { return static_cast<T *>(at); }
};
inline zeroed_memory kvcalloc(unsigned long n, unsigned long size, int)
{
	return {std::calloc(n, size)};
}
inline void kvfree(void *at) { std::free(at); }
