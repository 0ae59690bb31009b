// SPDX-License-Identifier: GPL-2.0
// Basic types and constants for all files.
#pragma once
#include <type_traits>
#include <utility>
#include "damonxx/kapi.h"

namespace damon {

using std::move;

inline constexpr u32 u32_max = ~u32{0};
inline constexpr u64 u64_max = ~u64{0};

// Addresses in bytes; the end is exclusive.
struct addr_range {
	u64 start = 0;
	u64 end = 0;

	constexpr u64 size() const { return end - start; }
	constexpr bool empty() const { return end <= start; }
	constexpr bool operator==(const addr_range &) const = default;
};

// The size of the smallest region, and the alignment of all region boundaries.
inline constexpr u64 page_bytes = 4096;

} // namespace damon
