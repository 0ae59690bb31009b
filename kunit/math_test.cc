// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/math.hh"
#include "damonxx/lib/prng.hh"

#include "kunit/test.hh"

using namespace damon;

namespace {

using wide = unsigned __int128;

// Checks the quotient of a * b / divisor by multiplication, as the kernel has no 128-bit division.
bool is_quotient(u64 quotient, u64 a, u64 b, u64 divisor)
{
	const wide product = wide{a} * b;
	const wide below = wide{quotient} * divisor;

	if ((product >> 64) >= divisor) // the quotient does not fit
		return quotient == u64_max;
	return below <= product && product - below < divisor;
}

// All bit widths are equally likely, so that small and large numbers are combined.
u64 of_any_width(prng &random)
{
	return random.next() >> random.below(64);
}

} // namespace

CASE(mul_div, small_operands_truncate)
{
	EXPECT_EQUAL(mul_div(0, 0, 1), 0);
	EXPECT_EQUAL(mul_div(7, 3, 2), 10);
	EXPECT_EQUAL(mul_div(1, 1, 2), 0);
	EXPECT_EQUAL(mul_div(10'000, 10'000, 3), 33'333'333);
}

CASE(mul_div, product_beyond_64_bits_is_exact)
{
	EXPECT_EQUAL(mul_div(u64_max, u64_max, u64_max), u64_max);
	EXPECT_EQUAL(mul_div(u64_max, 10'000, 10'000), u64_max);
	EXPECT_EQUAL(mul_div(u64_max, 2, 3), 12'297'829'382'473'034'410ULL);
	EXPECT_EQUAL(mul_div(1ULL << 63, 1ULL << 63, u64_max), 1ULL << 62);
	EXPECT_EQUAL(mul_div(u64_max, u64_max - 1, u64_max), u64_max - 1);
	EXPECT_EQUAL(mul_div(1ULL << 40, 1ULL << 40, 1ULL << 20), 1ULL << 60);
}

CASE(mul_div, quotient_beyond_64_bits_saturates)
{
	EXPECT_EQUAL(mul_div(u64_max, u64_max, 1), u64_max);
	EXPECT_EQUAL(mul_div(u64_max, u64_max, u64_max - 1), u64_max);
	EXPECT_EQUAL(mul_div(1ULL << 32, 1ULL << 32, 1), u64_max);
	EXPECT_EQUAL(mul_div(1ULL << 63, 2, 1), u64_max);
	EXPECT_EQUAL(mul_div(1ULL << 63, 2, 2), 1ULL << 63);
}

CASE(mul_div, random_operands_give_exact_quotient)
{
	prng random{1};

	for (int i = 0; i < 300'000; i++) {
		const u64 a = of_any_width(random);
		const u64 b = of_any_width(random);
		const u64 divisor = max(of_any_width(random), u64{1});

		ASSERT(is_quotient(mul_div(a, b, divisor), a, b, divisor));
	}
}

// Both sides of the largest quotient that fits in 64 bits.
CASE(mul_div, quotient_at_64_bit_edge_is_exact_or_saturates)
{
	prng random{2};

	for (int i = 0; i < 100'000; i++) {
		const u64 divisor = max(of_any_width(random), u64{2});
		const u64 a = u64_max;

		ASSERT(is_quotient(mul_div(a, divisor - 1, divisor), a, divisor - 1, divisor));
		ASSERT(is_quotient(mul_div(a, divisor, divisor), a, divisor, divisor));
		if (divisor < u64_max)
			ASSERT(is_quotient(mul_div(a, divisor + 1, divisor), a, divisor + 1, divisor));
	}
}

CASE(math, min_max_clamp_distance_give_documented_values)
{
	EXPECT_EQUAL(min(3u, 4u), 3);
	EXPECT_EQUAL(max(3u, 4u), 4);
	EXPECT_EQUAL(clamp(5u, 6u, 9u), 6);
	EXPECT_EQUAL(clamp(7u, 6u, 9u), 7);
	EXPECT_EQUAL(clamp(10u, 6u, 9u), 9);
	EXPECT_EQUAL(distance(3, 10), 7);
	EXPECT_EQUAL(distance(10, 3), 7);
	EXPECT_EQUAL(distance(0, u64_max), u64_max);
}

CASE(math, align_up_without_multiple_stays_below)
{
	EXPECT_EQUAL(align_down(4095, 4096), 0);
	EXPECT_EQUAL(align_down(4096, 4096), 4096);
	EXPECT_EQUAL(align_down(u64_max, 4096), u64_max - 4095);
	EXPECT_EQUAL(align_up(0, 4096), 0);
	EXPECT_EQUAL(align_up(1, 4096), 4096);
	EXPECT_EQUAL(align_up(4096, 4096), 4096);
	EXPECT_EQUAL(align_up(u64_max - 4095, 4096), u64_max - 4095);
	// There is no larger multiple.
	EXPECT_EQUAL(align_up(u64_max, 4096), u64_max - 4095);
	EXPECT_EQUAL(align_up(u64_max - 4094, 4096), u64_max - 4095);
}

CASE(math, saturating_add_and_mul_overflow_gives_maximum)
{
	EXPECT_EQUAL(saturating_add(1, 2), 3);
	EXPECT_EQUAL(saturating_add(u64_max, 0), u64_max);
	EXPECT_EQUAL(saturating_add(u64_max - 1, 1), u64_max);
	EXPECT_EQUAL(saturating_add(u64_max, 1), u64_max);
	EXPECT_EQUAL(saturating_add(u64_max, u64_max), u64_max);
	EXPECT_EQUAL(saturating_mul(6, 7), 42);
	EXPECT_EQUAL(saturating_mul(u64_max, 0), 0);
	EXPECT_EQUAL(saturating_mul(u64_max, 1), u64_max);
	EXPECT_EQUAL(saturating_mul(1ULL << 32, 1ULL << 32), u64_max);
	EXPECT_EQUAL(saturating_mul(1ULL << 32, 1ULL << 31), 1ULL << 63);
}

CASE(math, narrow_keeps_and_saturate_u32_limits_values)
{
	EXPECT_EQUAL(narrow<u8>(255), 255);
	EXPECT_EQUAL(narrow<u16>(65535), 65535);
	EXPECT_EQUAL(narrow<u32>(u32_max), u32_max);
	EXPECT_EQUAL(narrow<u64>(u64_max), u64_max);
	EXPECT_EQUAL(saturate_u32(5), 5);
	EXPECT_EQUAL(saturate_u32(u32_max), u32_max);
	EXPECT_EQUAL(saturate_u32(u64{u32_max} + 1), u32_max);
	EXPECT_EQUAL(saturate_u32(u64_max), u32_max);
}
