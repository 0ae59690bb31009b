// SPDX-License-Identifier: GPL-2.0
#include "core/region/attrs.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

text_view complaint(const monitoring_attrs &attrs, report &why)
{
	const status s = attrs.validate(why);

	return s.is(errc::inval) ? why.line() : text_view{s.is_ok() ? "fine" : "another errno"};
}

} // namespace

CASE(attrs, validate_defaults_succeeds)
{
	report why;

	EXPECT_OK(monitoring_attrs{}.validate(why));
	EXPECT(why.line().empty());
}

CASE(attrs, validate_beyond_a_limit_names_it)
{
	const struct {
		monitoring_attrs attrs;
		const char *line;
	} cases[] = {
		{{.min_nr_regions = 2}, "nr_regions: min 2 is below 3"},
		{{.min_nr_regions = 11, .max_nr_regions = 10}, "nr_regions: min 11 is above max 10"},
		{{.sample_us = 7, .aggr_us = 6}, "intervals: sample_us 7 is above aggr_us 6"},
		{{.sample_us = 0, .aggr_us = 0}, "intervals: aggr_us is 0"},
		{{.sample_us = 0}, "fine"},
		{{.goal = {400, 3, 6, 5}},
		 "intervals/intervals_goal: min_sample_us 6 is above max_sample_us 5"},
		{{.goal = {400, 3, 5'001, 9'000}},
		 "intervals: sample_us 5000 is not within the goal's 5001 to 9000"},
		{{.goal = {400, 3, 1, 4'999}},
		 "intervals: sample_us 5000 is not within the goal's 1 to 4999"},
		{{.goal = {400, 3, 5'000, 5'000}}, "fine"},
		{{.goal = {400, 0, 6, 5}}, "fine"},
		{{.min_nr_regions = 3, .max_nr_regions = 3}, "fine"},
		{{.sample_us = 100, .aggr_us = 100}, "fine"},
	};

	for (const auto &c : cases) {
		report why;
		EXPECT(complaint(c.attrs, why) == text_view{c.line});
	}
}

CASE(attrs, samples_in_interval_are_rounded_down_and_at_least_one)
{
	monitoring_attrs attrs;

	EXPECT_EQUAL(attrs.samples_per_aggregation(), 20u);
	EXPECT_EQUAL(attrs.samples_in(60'000'000), 12'000u);
	EXPECT_EQUAL(attrs.samples_in(1), 1u);
	attrs.sample_us = 0;
	EXPECT_EQUAL(attrs.samples_per_aggregation(), 100'000u);
	attrs.aggr_us = u64_max;
	EXPECT_EQUAL(attrs.samples_per_aggregation(), u32_max);
}
