// SPDX-License-Identifier: GPL-2.0
// Which regions come first while a quota does not allow all.
#pragma once
#include "damonxx/math.hh"
#include "schemes/scheme_inputs.hh"

namespace damon {

inline constexpr u32 highest_priority = 99;

// How hot memory is that was accessed in @hits of @samples, for so long, from 0 to 99; 99 less this
// is how cold it is.
u32 hot_score(u32 hits, u32 samples, u64 age_seconds, const priority_weights &weights);

// What an action wants most.
enum class preference : u8 { none, hot, cold };
preference preference_of(action what, bool physical);
// What does not care about temperatures wants all memory most.
constexpr u32 priority_of(preference what, u32 hotness)
{
	if (what == preference::none)
		return highest_priority;
	return what == preference::hot ? hotness : highest_priority - hotness;
}

// How much memory there is of each priority, and so which priority it takes to stay within a
// limit.
class priority_histogram {
public:
	void clear();
	void add(u32 score, u64 bytes);
	u64 total_bytes() const;
	// All memory of this priority or a higher one is @bytes at least; 0 if there is less.
	u32 lowest_within(u64 bytes) const;

private:
	u64 bytes_of_[highest_priority + 1] = {};
};

} // namespace damon
