// SPDX-License-Identifier: GPL-2.0
// Priorities: the formula of the specification, and the histogram by counting.
#include "quota_model.hh"

#include "schemes/priority.hh"

#include <vector>

namespace fuzz {
namespace {

using damon::action;

// From 0 to 99.
u64 hotness_of(u64 hits, u64 samples, u64 age_seconds, const damon::priority_weights &weights)
{
	const wide frequency = std::min<wide>(wide{hits} * 100 / std::max<u64>(samples, 1), 100);
	s64 doublings = 0;

	for (u64 seconds = age_seconds; seconds; seconds /= 2)
		doublings++;
	doublings = std::min<s64>(doublings, 32);
	// Age speaks for what is hot, and against what is not.
	const wide age = static_cast<wide>((frequency ? doublings : -doublings) + 32) * 100 / 64;
	const wide all = wide{weights.nr_accesses} + weights.age;
	if (!all)
		return 0;
	const wide hot = (weights.nr_accesses * frequency + weights.age * age) / all;
	return static_cast<u64>(std::min<wide>(hot * 99 / 100, 99));
}

void scores(choices &in)
{
	const u32 samples = in.flip() ? static_cast<u32>(in.below(256)) : in.number_u32();
	const u32 hits = in.flip() ? static_cast<u32>(in.below(u64{samples} + 1)) : in.number_u32();
	const u64 age_seconds = in.number();
	const damon::priority_weights weights{in.number_u32(), in.number_u32(), in.number_u32()};
	const u32 hot = damon::hot_score(hits, samples, age_seconds, weights);

	MUST(hot == hotness_of(hits, samples, age_seconds, weights), hot, hits, samples,
	     age_seconds, weights.nr_accesses, weights.age);
}

// What each action prefers, by the table of the specification.
int preferred(action what, bool physical)
{
	if (what == action::pageout || what == action::migrate_cold ||
	    (physical && what == action::lru_deprio))
		return -1;
	return what == action::migrate_hot || (physical && what == action::lru_prio) ? 1 : 0;
}

void preferences(choices &in)
{
	const auto what = static_cast<action>(in.below(static_cast<u64>(action::stat) + 1));
	const bool physical = in.flip();
	const u32 hot = static_cast<u32>(in.below(100));
	const u32 priority = damon::priority_of(damon::preference_of(what, physical), hot);
	const int preferred_way = preferred(what, physical);

	MUST(priority == (preferred_way > 0   ? hot
			  : preferred_way < 0 ? 99 - hot
					      : 99u),
	     static_cast<int>(what), physical, hot);
}

struct amount {
	u32 score;
	u64 bytes;
};

// Of all memory with @score or more.
wide sum_from(const std::vector<amount> &all, u32 score)
{
	wide sum = 0;

	for (const amount &one : all)
		sum += one.score >= score ? one.bytes : 0;
	return sum;
}

void histogram(choices &in)
{
	damon::priority_histogram counted;
	std::vector<amount> all;

	for (u64 n = in.below(24); n > 0; n--) {
		if (in.below(32) == 0) {
			counted.clear();
			all.clear();
		}
		// Whatever is above 99 is as good as 99.
		const u32 score = in.below(16) ? static_cast<u32>(in.below(100)) : in.number_u32();
		const u64 bytes = in.flip() ? in.below(64) << 12 : in.number();
		counted.add(score, bytes);
		all.push_back({std::min(score, 99u), bytes});
	}
	MUST(counted.total_bytes() == at_most_u64(sum_from(all, 0)), counted.total_bytes());
	for (u64 n = 1 + in.below(4); n > 0; n--) {
		// Often exactly what there is of some scores.
		const u64 near = at_most_u64(sum_from(all, static_cast<u32>(in.below(100))));
		const u64 wanted = in.flip() ? near + in.below(3) - 1 : in.number();
		u32 lowest = 99;

		while (lowest > 0 && at_most_u64(sum_from(all, lowest)) < wanted)
			lowest--;
		MUST(counted.lowest_within(wanted) == lowest, wanted, lowest,
		     counted.lowest_within(wanted));
	}
}

} // namespace

void run_priority(choices &in)
{
	while (in.any_left()) {
		scores(in);
		preferences(in);
		histogram(in);
	}
}

} // namespace fuzz
