// SPDX-License-Identifier: GPL-2.0
// Priorities: which regions come first if a quota does not suffice for all.
#pragma once
#include "damonxx/lib/math.hh"
#include "schemes/scheme_inputs.hh"

namespace damon {

inline constexpr u32 highest_priority = 99;

// Hotness, from 0 to 99, of a region that @hits of @samples saw accessed and that has this age.
// Its coldness is 99 minus the hotness.
u32 hot_score(u32 hits, u32 samples, u64 age_seconds, const priority_weights &weights);

// Which memory an action prefers.
enum class preference : u8 { none, hot, cold };
preference preference_of(action what, bool physical);
// Without a preference all memory has the highest priority.
constexpr u32 priority_of(preference what, u32 hotness)
{
	if (what == preference::none)
		return highest_priority;
	return what == preference::hot ? hotness : highest_priority - hotness;
}

// Bytes of memory by priority, from which the minimum priority for a quota is derived.
class priority_histogram {
public:
	void clear();
	void add(u32 score, u64 bytes);
	u64 total_bytes() const;
	// Returns the highest priority such that the memory of this and higher priorities is at
	// least @bytes; 0 if there is less memory.
	u32 lowest_within(u64 bytes) const;

private:
	u64 bytes_of_[highest_priority + 1] = {};
};

} // namespace damon
