// SPDX-License-Identifier: GPL-2.0
// Broken invariants.  The kernel gets one warning and goes on, the host aborts.
#pragma once
#include "damonxx/kapi.h"

// Stays in every build: for what would otherwise touch foreign memory.
#define DAMON_CHECK(condition) \
	(static_cast<bool>(condition) || \
	 (kapi_assert_failed(#condition, __FILE__, __LINE__), false))

// Costs nothing in a release build.
#if defined(DAMONXX_DEBUG)
#define DAMON_ASSERT(condition) static_cast<void>(DAMON_CHECK(condition))
#else
#define DAMON_ASSERT(condition) static_cast<void>(sizeof(static_cast<bool>(condition)))
#endif

namespace damon {

// An index that may be used: @index itself, or 0 after a warning.
inline u32 checked_index(u32 index, u32 size)
{
	return DAMON_CHECK(index < size) ? index : 0;
}

} // namespace damon
