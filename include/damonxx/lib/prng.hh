// SPDX-License-Identifier: GPL-2.0
// Random numbers for sampling: 64 bits in a few cycles.  Each user has its own generator.
#pragma once
#include "damonxx/lib/types.hh"

namespace damon {

// Scales the 64-bit number @bits to [0, @bound); 0 if @bound is 0.
constexpr u64 in_proportion(u64 bits, u64 bound)
{
	return static_cast<u64>((static_cast<unsigned __int128>(bits) * bound) >> 64);
}

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
class prng {
public:
	explicit constexpr prng(u64 seed) : state_{seed} {}

	constexpr u64 next()
	{
		state_ += 0x9e37'79b9'7f4a'7c15;
		u64 mixed = state_;
		mixed = (mixed ^ (mixed >> 30)) * 0xbf58'476d'1ce4'e5b9;
		mixed = (mixed ^ (mixed >> 27)) * 0x94d0'49bb'1331'11eb;
		return mixed ^ (mixed >> 31);
	}
	// Uniform in [0, @bound); 0 if @bound is 0.  The bias is bound / 2^64.
	constexpr u64 below(u64 bound)
	{
		return in_proportion(next(), bound);
	}
	// Uniform in [@low, @high).
	constexpr u64 between(u64 low, u64 high) { return low + below(high - low); }
	// A new generator, statistically independent of this one.
	constexpr prng split() { return prng{next() ^ 0xd1b5'4a32'd192'ed03}; }

private:
	u64 state_;
};

} // namespace damon
