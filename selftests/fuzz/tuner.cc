// SPDX-License-Identifier: GPL-2.0
// Tuning of intervals, against the formula of the specification.
#include "quota_model.hh"
#include "table_model.hh"

#include "core/tuner.hh"

namespace fuzz {
namespace {

damon::monitoring_attrs any_attrs(choices &in)
{
	damon::monitoring_attrs attrs;

	attrs.sample_us = in.flip() ? in.below(20'000) : in.number() >> 20;
	attrs.aggr_us = attrs.sample_us * (1 + in.below(300)) + in.below(attrs.sample_us + 1);
	attrs.goal.access_bp = in.flip() ? in.below(10'001) : in.number();
	attrs.goal.aggrs = 1 + in.below(4);
	attrs.goal.min_sample_us = in.flip() ? in.below(10'000) : in.number();
	attrs.goal.max_sample_us = at_most_u64(wide{attrs.goal.min_sample_us} + in.number());
	return attrs;
}

u64 window_of(const damon::monitoring_attrs &attrs)
{
	return std::clamp<u64>(attrs.aggr_us / std::max<u64>(attrs.sample_us, 1), 1, ~u32{0});
}

// By the share of possible accesses that was seen.
u64 tuned_us(const damon::monitoring_attrs &attrs, wide seen, wide pages)
{
	const wide possible = std::min<wide>(pages * window_of(attrs), largest);
	const wide wanted = std::max<wide>(
		std::min<wide>(possible * attrs.goal.access_bp / 10'000, largest), 1);
	const wide score = std::min<wide>(seen * 10'000 / wanted, largest);
	wide factor_bp = fed_back(100'000'000, score) / 10'000;

	// Half the way at most in one step down.
	if (factor_bp <= 10'000)
		factor_bp = 5'000 + factor_bp / 2;
	const wide sample = std::max<u64>(attrs.sample_us, 1) * factor_bp / 10'000;
	return at_most_u64(
		std::clamp<wide>(sample, attrs.goal.min_sample_us, attrs.goal.max_sample_us));
}

void feedback(choices &in)
{
	const u64 last = in.flip() ? 10'000 + in.below(1 << 20) : in.number();
	const u64 score = in.flip() ? in.below(21'000) : in.number();

	MUST(damon::feed_back(last, score) == fed_back(last, score), last, score,
	     damon::feed_back(last, score));
}

void one_step(choices &in)
{
	damon::monitoring_attrs attrs = any_attrs(in);
	const u64 pages = in.flip() ? in.below(1 << 20) : in.number() >> 12;
	// Near what is wanted, or anything.
	const u64 wanted =
		at_most_u64(wide{pages} * window_of(attrs) / 10'000 * attrs.goal.access_bp);
	const u64 seen = in.flip() ? at_most_u64(wide{wanted} * in.below(256) / 100) : in.number();
	const damon::observed_events events{.seen = seen, .pages = pages};
	const damon::monitoring_attrs before = attrs;
	const u64 should = tuned_us(before, seen, pages);

	MUST(damon::tuned_sample_us(attrs, events) == should, should, seen, pages,
	     before.sample_us);
	const bool changed = damon::tune_intervals(attrs, events);
	MUST(changed == (should != before.sample_us), should);
	MUST(attrs.sample_us == should, attrs.sample_us, should);
	if (!changed)
		MUST(attrs.aggr_us == before.aggr_us, attrs.aggr_us);
	else
		MUST(attrs.aggr_us ==
			     at_most_u64(wide{std::max<u64>(should, 1)} * window_of(before)),
		     attrs.aggr_us);
	// A aggregation of as many samples as before.
	if (attrs.aggr_us < largest)
		MUST(window_of(attrs) == window_of(before) || !changed, window_of(attrs),
		     window_of(before));
}

// What is seen is pages times accesses, of all pages.
void events(choices &in)
{
	damon::region_table table;
	damon::prng random{1};
	damon::observed_events sum;
	wide seen = 0, pages = 0;

	MUST(table.reserve(64).is_ok());
	table.reset(as_span(sorted_ranges(in, 8)));
	for (u64 rounds = in.below(20); rounds > 0; rounds--) {
		const u64 hot = in.little_endian(1);

		table.pick_checks(random);
		for (u32 i = 0; i < table.count(); i++)
			table.access_checks()[i].outcome =
				hot >> i % 8 & 1 ? KAPI_ACCESSED : KAPI_IDLE;
		table.count_accesses();
	}
	table.shift_counters();
	for (u32 i = 0; i < table.count(); i++) {
		pages += table.range(i).size() / page;
		seen += wide{table.range(i).size() / page} * table.last_nr_accesses(i);
	}
	table.add_events(sum);
	MUST(sum.pages == pages, sum.pages);
	MUST(sum.seen == at_most_u64(seen), sum.seen);
}

// A commit keeps the running intervals as far as its goal allows.
void keep(choices &in)
{
	damon::monitoring_attrs attrs = any_attrs(in);
	const damon::monitoring_attrs running = any_attrs(in);

	if (in.below(4) == 0)
		attrs.goal.aggrs = 0;
	attrs.keep_intervals(running);
	const u64 sample = attrs.goal.aggrs
				   ? std::clamp(running.sample_us, attrs.goal.min_sample_us,
						attrs.goal.max_sample_us)
				   : running.sample_us;
	MUST(attrs.sample_us == sample, attrs.sample_us, sample);
	const wide aggr = sample == running.sample_us
				  ? running.aggr_us
				  : wide{std::max<u64>(sample, 1)} * window_of(running);
	MUST(attrs.aggr_us == at_most_u64(aggr), attrs.aggr_us);
}

} // namespace

void run_tuner(choices &in)
{
	while (in.any_left()) {
		feedback(in);
		one_step(in);
		keep(in);
		if (in.below(4) == 0)
			events(in);
	}
}

} // namespace fuzz
