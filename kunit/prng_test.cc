// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/math.hh"
#include "damonxx/lib/prng.hh"

#include "kunit/test.hh"

using namespace damon;

namespace {

constexpr u32 buckets = 100;
constexpr u32 draws = 100'000;

// Pearson's chi-square over @buckets equal parts, times 1000.  For uniform numbers its mean is 99
// and its standard deviation 14.  Seeds are fixed, so the results are reproducible.
template <typename Draw> u64 chi_square_permil(u64 bound, Draw &&draw)
{
	const u64 expected = draws / buckets;
	u32 hits[buckets] = {};
	u64 sum = 0;

	for (u32 i = 0; i < draws; i++) {
		const u64 value = draw();

		if (value >= bound)
			return u64_max;
		hits[mul_div(value, buckets, bound)]++;
	}
	for (const u32 count : hits)
		sum += distance(count, expected) * distance(count, expected);
	return sum * 1000 / expected;
}

bool is_uniform(u64 bound, u64 seed)
{
	prng random{seed};
	const u64 sum = chi_square_permil(bound, [&] { return random.below(bound); });

	// Four standard deviations in both directions: too uniform is not random, either.
	EXPECT_LESS(99'000 - 56'000, sum);
	EXPECT_LESS(sum, 99'000 + 56'000);
	return 43'000 < sum && sum < 155'000;
}

} // namespace

// The first numbers of the generator, as published.
CASE(prng, next_matches_published_splitmix64_values)
{
	prng random{1234567};

	EXPECT_EQUAL(random.next(), 6457827717110365317ULL);
	EXPECT_EQUAL(random.next(), 3203168211198807973ULL);
	EXPECT_EQUAL(random.next(), 9817491932198370423ULL);
	EXPECT_EQUAL(random.next(), 4593380528125082431ULL);
	EXPECT_EQUAL(random.next(), 16408922859458223821ULL);
}

CASE(prng, below_any_bound_is_uniform)
{
	const u64 bounds[] = {
		100,
		100'000,
		1ULL << 31,
		(1ULL << 32) - 1,
		(1ULL << 32) + 1,	// where 32-bit arithmetic would fail
		5ULL << 30,
		1ULL << 40,
		(1ULL << 63) - 1,
		1ULL << 63,
		3ULL << 62,		// where a remainder would prefer the lower third
		u64_max,
	};

	for (const u64 bound : bounds)
		for (u64 seed = 1; seed <= 3; seed++)
			ASSERT(is_uniform(bound, seed));
}

CASE(prng, below_smallest_bounds_stays_below)
{
	prng random{7};

	EXPECT_EQUAL(random.below(0), 0);
	for (int i = 0; i < 100; i++)
		ASSERT_EQUAL(random.below(1), 0);
	bool seen[2] = {};
	for (int i = 0; i < 100; i++)
		seen[random.below(2)] = true;
	EXPECT(seen[0] && seen[1]);
}

CASE(prng, between_bounds_reaches_all_and_stays_within)
{
	prng random{8};
	const u64 low = 0x7fff'ffff'f000;
	const u64 high = low + 10;
	bool seen[10] = {};

	for (int i = 0; i < 1000; i++) {
		const u64 value = random.between(low, high);
		ASSERT_AT_MOST(low, value);
		ASSERT_LESS(value, high);
		seen[value - low] = true;
	}
	for (const bool one : seen)
		EXPECT(one);
	EXPECT_EQUAL(random.between(5, 5), 5);
	const u64 far = random.between(1, u64_max);
	EXPECT_LESS(0, far);
}

CASE(prng, next_same_seed_gives_same_sequence)
{
	prng a{42};
	prng b{42};
	prng other{43};
	u32 same = 0;

	for (int i = 0; i < 100; i++) {
		const u64 number = a.next();
		ASSERT_EQUAL(number, b.next());
		same += number == other.next();
	}
	EXPECT_EQUAL(same, 0);
}

// Each bit of the two generators agrees in half of all numbers.
CASE(prng, split_is_uncorrelated_with_source)
{
	prng source{9};
	prng split = source.split();
	u32 agreeing[64] = {};

	for (u32 i = 0; i < 10'000; i++) {
		const u64 agree = ~(source.next() ^ split.next());
		for (u32 bit = 0; bit < 64; bit++)
			agreeing[bit] += static_cast<u32>(agree >> bit & 1);
	}
	for (u32 bit = 0; bit < 64; bit++)
		EXPECT_AT_MOST(distance(agreeing[bit], 5000), 225); // 4.5 standard deviations
}

CASE(prng, split_twice_gives_different_sequences)
{
	prng source{10};
	prng a = source.split();
	prng b = source.split();

	EXPECT_UNEQUAL(a.next(), b.next());
}
