// SPDX-License-Identifier: GPL-2.0
#include "schemes/priority.hh"
#include <bit>

namespace damon {

namespace {

// Age counts on a scale of log2 of seconds, up to this.
constexpr u32 most_age = 32;

} // namespace

// Age makes accessed regions hotter, and regions without accesses colder.
u32 hot_score(u32 hits, u32 samples, u64 age_seconds, const priority_weights &weights)
{
	const u64 frequency = min(u64{hits} * 100 / max(samples, u32{1}), u64{100});
	const auto doublings = min(static_cast<u32>(std::bit_width(age_seconds)), most_age);
	const u32 warmth = frequency ? most_age + doublings : most_age - doublings;
	const u64 age = warmth * 100 / (2 * most_age);
	const u64 all = u64{weights.nr_accesses} + weights.age;
	u64 hotness = weights.nr_accesses * frequency + weights.age * age;

	if (all)
		hotness /= all;
	return static_cast<u32>(min(hotness * highest_priority / 100, u64{highest_priority}));
}

preference preference_of(action what, bool physical)
{
	switch (what) {
	case action::pageout:
	case action::migrate_cold:
		return preference::cold;
	case action::migrate_hot:
		return preference::hot;
	case action::lru_prio:
		return physical ? preference::hot : preference::none;
	case action::lru_deprio:
		return physical ? preference::cold : preference::none;
	default:
		return preference::none;
	}
}

void priority_histogram::clear()
{
	for (u64 &bytes : bytes_of_)
		bytes = 0;
}

void priority_histogram::add(u32 score, u64 bytes)
{
	u64 &sum = bytes_of_[min(score, highest_priority)];

	sum = saturating_add(sum, bytes);
}

u64 priority_histogram::total_bytes() const
{
	u64 sum = 0;

	for (u64 bytes : bytes_of_)
		sum = saturating_add(sum, bytes);
	return sum;
}

u32 priority_histogram::lowest_within(u64 bytes) const
{
	u64 sum = 0;

	for (u32 score = highest_priority; score > 0; score--) {
		sum = saturating_add(sum, bytes_of_[score]);
		if (sum >= bytes)
			return score;
	}
	return 0;
}

} // namespace damon
