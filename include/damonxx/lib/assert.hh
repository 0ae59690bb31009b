// SPDX-License-Identifier: GPL-2.0
// Assertions.  A failure warns in the kernel (rate-limited) and aborts on the host.
#pragma once
#include "damonxx/kapi.h"

// Evaluates to @condition.  Checked in every build: guards against out-of-bounds access.
#define DAMON_CHECK(condition) \
	(static_cast<bool>(condition) || \
	 (kapi_assert_failed(#condition, __FILE__, __LINE__), false))

// Checked in debug builds only; @condition is not evaluated in a release build.
#if defined(DAMONXX_DEBUG)
#define DAMON_ASSERT(condition) static_cast<void>(DAMON_CHECK(condition))
#else
#define DAMON_ASSERT(condition) static_cast<void>(sizeof(static_cast<bool>(condition)))
#endif

namespace damon {

// @index if it is below @size, else 0 after a warning.
inline u32 checked_index(u32 index, u32 size)
{
	return DAMON_CHECK(index < size) ? index : 0;
}

} // namespace damon
