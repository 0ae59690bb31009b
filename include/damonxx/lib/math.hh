// SPDX-License-Identifier: GPL-2.0
// Arithmetic with defined results on overflow.
#pragma once
#include "damonxx/lib/assert.hh"
#include "damonxx/lib/types.hh"

namespace damon {

template <typename T> constexpr T min(T a, T b) { return b < a ? b : a; }
template <typename T> constexpr T max(T a, T b) { return a < b ? b : a; }
template <typename T> constexpr T clamp(T value, T low, T high)
{
	return value < low ? low : high < value ? high : value;
}
constexpr u64 distance(u64 a, u64 b) { return a < b ? b - a : a - b; }

constexpr bool is_power_of_two(u64 value) { return value && !(value & (value - 1)); }

// @alignment is a power of two.
constexpr u64 align_down(u64 value, u64 alignment) { return value & ~(alignment - 1); }
// Rounds down if rounding up would overflow.
constexpr u64 align_up(u64 value, u64 alignment)
{
	const u64 up = value + (alignment - 1);
	return align_down(up < value ? value : up, alignment);
}

constexpr u64 saturating_mul(u64 a, u64 b)
{
	u64 product = 0;
	return __builtin_mul_overflow(a, b, &product) ? u64_max : product;
}
constexpr u64 saturating_add(u64 a, u64 b)
{
	u64 sum = 0;
	return __builtin_add_overflow(a, b, &sum) ? u64_max : sum;
}

// Converts @value, asserting that it fits; saturates.
template <typename To> constexpr To narrow(u64 value)
{
	constexpr u64 limit = static_cast<To>(~To{0});
	static_assert(static_cast<To>(~To{0}) > To{0}, "unsigned targets only");
	DAMON_ASSERT(value <= limit);
	return static_cast<To>(value < limit ? value : limit);
}
constexpr u32 saturate_u32(u64 value) { return static_cast<u32>(min(value, u64{u32_max})); }

// a * b / @divisor with a 128-bit product, rounded down; saturates.  @divisor must not be 0.
inline u64 mul_div(u64 a, u64 b, u64 divisor)
{
	u64 product = 0;
	if (!__builtin_mul_overflow(a, b, &product)) [[likely]]
		return product / divisor;

	const auto wide = static_cast<unsigned __int128>(a) * b;
	u64 high = static_cast<u64>(wide >> 64);
	u64 low = static_cast<u64>(wide);
	if (high >= divisor)
		return u64_max;
#if defined(__x86_64__)
	// SAFETY: high < divisor, so the quotient fits and div does not trap.
	asm("divq %2" : "+a"(low), "+d"(high) : "rm"(divisor) : "cc");
	return low;
#else
	u64 quotient = 0;
	for (int bit = 0; bit < 64; bit++) {
		const bool carry = high >> 63;
		high = high << 1 | low >> 63;
		low <<= 1;
		quotient <<= 1;
		if (carry || high >= divisor) {
			high -= divisor;
			quotient |= 1;
		}
	}
	return quotient;
#endif
}

} // namespace damon
