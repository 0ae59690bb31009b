// SPDX-License-Identifier: GPL-2.0
// The vocabulary types: addresses, ranges, and what every file may use.
#pragma once
#include <type_traits>
#include <utility>
#include "damonxx/kapi.h"

namespace damon {

using std::move;

inline constexpr u32 u32_max = ~u32{0};
inline constexpr u64 u64_max = ~u64{0};

// Bytes, half-open.
struct addr_range {
	u64 start = 0;
	u64 end = 0;

	constexpr u64 size() const { return end - start; }
	constexpr bool empty() const { return end <= start; }
	constexpr bool operator==(const addr_range &) const = default;
};

// The smallest region, and the granularity of every region boundary.
inline constexpr u64 page_bytes = 4096;

} // namespace damon
