// SPDX-License-Identifier: GPL-2.0
#include "core/region/attribute_probe.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

constexpr u64 mib = u64{1} << 20;
constexpr u32 nr_types = 5;

// A sampled page, and the expected result of each attribute's test.
struct example {
	sampled_page sampled;
	bool anon, memcg, pgidle_unset, pgidle_set, hugepage_size;

	bool has(attribute type) const
	{
		switch (type) {
		case attribute::anon:
			return anon;
		case attribute::memcg:
			return memcg;
		case attribute::pgidle_unset:
			return pgidle_unset;
		case attribute::pgidle_set:
			return pgidle_set;
		case attribute::hugepage_size:
			return hugepage_size;
		}
		return false;
	}
};
// For filters of memory cgroup 7 and of sizes from 8 KiB to 2 MiB.
constexpr example examples[] = {
	{{{0, 0, 0, 0}, KAPI_ABSENT}, false, false, false, false, false},
	{{{7, 1, 1, 0}, KAPI_IDLE}, true, true, false, true, false},
	{{{8, 512, 0, 0}, KAPI_ACCESSED}, false, false, true, false, true},
	{{{0, 513, 1, 0}, KAPI_ABSENT}, true, false, false, false, false},
	{{{7, 2, 0, 0}, KAPI_ACCESSED}, false, true, true, false, true},
};

constexpr u32 nr_filters = nr_types * 4;

attribute_filter filter_number(u32 n)
{
	return {static_cast<attribute>(n / 4), (n & 1) != 0, (n & 2) != 0, 7, {2 * page_bytes, 2 * mib}};
}

// Model, evaluated from the last filter: each match overrides the filters after it.
bool should_hit(const u32 *list, u32 length, const example &page)
{
	bool hit = !length || !filter_number(list[length - 1]).allow;

	while (length-- > 0) {
		const attribute_filter filter = filter_number(list[length]);
		if (page.has(filter.type) == filter.matching)
			hit = filter.allow;
	}
	return hit;
}

} // namespace

CASE(attribute_probe, hit_by_up_to_three_filters_matches_model)
{
	attribute_probe probe;
	u32 wrong = 0, lists = 0;

	ASSERT_OK(probe.filters.reserve(3));
	for (u32 length = 0, count = 1; length <= 3; length++, count *= nr_filters) {
		for (u32 number = 0; number < count; number++) {
			const u32 list[] = {number % nr_filters, number / nr_filters % nr_filters,
					    number / nr_filters / nr_filters};
			probe.filters.clear();
			for (u32 i = 0; i < length; i++)
				probe.filters.push(filter_number(list[i]));
			for (const example &page : examples)
				wrong += probe.hit_by(page.sampled) !=
					 should_hit(list, length, page);
			lists++;
		}
	}
	EXPECT_EQUAL(wrong, 0u);
	EXPECT_EQUAL(lists, 1u + 20 + 400 + 8000);
}

CASE(attribute_probe, sampling_mode_derives_work_of_a_sample_from_filters_and_weights)
{
	attribute_probe probes[2];

	EXPECT(sampling_mode::of({}).counts_accesses);
	EXPECT(sampling_mode::of({}).tests_accesses);
	EXPECT(!sampling_mode::of({}).describes_pages);

	ASSERT_OK(probes[0].filters.try_push({.type = attribute::pgidle_unset}));
	EXPECT(!sampling_mode::of(probes).describes_pages);
	ASSERT_OK(probes[0].filters.try_push({.type = attribute::anon}));
	EXPECT(sampling_mode::of(probes).describes_pages);

	probes[1].weight = 3;
	const sampling_mode weighted = sampling_mode::of(probes);
	EXPECT(!weighted.counts_accesses);
	EXPECT(!weighted.tests_accesses);
	EXPECT_EQUAL(weighted.weights.of[1], 3u);
	probes[0].sets_idle = true;
	EXPECT(sampling_mode::of(probes).tests_accesses);
	EXPECT(!sampling_mode::of(probes).counts_accesses);
}

CASE(attribute_probe, score_of_weighted_hits_saturates)
{
	const probe_weights weights{{1, 0, 1'000, u32_max}};
	const u8 few[max_probes] = {5, 200, 2, 0};
	const u8 many[max_probes] = {0, 0, 0, 2};

	EXPECT(weights.any());
	EXPECT(!probe_weights{}.any());
	EXPECT_EQUAL(weights.score(few), 2'005u);
	EXPECT_EQUAL(weights.score(many), u32_max);
	EXPECT_EQUAL((probe_weights{{1, 2, 3, 4}}.highest(20)), 200u);
}

namespace {

text_view complaint(span<const attribute_probe> probes, const monitoring_attrs &attrs, report &why)
{
	const status s = validate_probes(probes, attrs, why);

	return s.is(errc::inval) ? why.line() : text_view{s.is_ok() ? "fine" : "another errno"};
}

} // namespace

CASE(attribute_probe, validate_beyond_a_limit_names_it)
{
	const monitoring_attrs samples_255{.sample_us = 1'000, .aggr_us = 255'999};
	const monitoring_attrs samples_256{.sample_us = 1'000, .aggr_us = 256'000};
	const struct {
		u32 count;
		u32 weight; // of the last probe
		monitoring_attrs attrs;
		const char *line;
	} cases[] = {
		{0, 0, {}, "fine"},
		{4, 0, {}, "fine"},
		{5, 0, {}, "probes: there are 5, which is above 4"},
		{1, 0, samples_256, "fine"},
		{1, 1, samples_255, "fine"},
		{1, 1, samples_256,
		 "probes: weights need at most 255 samples in aggr_us, and there are 256"},
		{4, 16'843'009, samples_255, "fine"}, // 2^32 - 1 in all
		{4, 16'843'010, samples_255,
		 "probes: sum of weights 16843010 times 255 samples is above 4294967295"},
	};

	for (const auto &c : cases) {
		attribute_probe probes[5];
		report why;
		if (c.count)
			probes[c.count - 1].weight = c.weight;
		EXPECT_EQUAL(complaint({probes, c.count}, c.attrs, why), text_view{c.line});
	}
}

CASE(attribute_probe, validate_bad_filter_names_its_place)
{
	attribute_probe probes[2];
	report first, second, third;

	ASSERT_OK(probes[1].filters.try_push({.type = attribute::anon, .size_bytes = {2, 1}}));
	EXPECT_EQUAL(complaint(probes, {}, first), text_view{"fine"});
	ASSERT_OK(probes[1].filters.try_push({.type = attribute::hugepage_size, .size_bytes = {2, 1}}));
	EXPECT_EQUAL(complaint(probes, {}, first),
		     text_view{"probes/1/filters/1/max: 1 is below min 2"});

	probes[1].filters[1] = {.type = attribute::pgidle_set};
	EXPECT_EQUAL(complaint(probes, {}, second), text_view{"fine"});
	probes[0].weight = 1;
	EXPECT_EQUAL(complaint(probes, {}, second),
		     text_view{"probes/1/filters/1/type: pgidle_set needs a probe with the prep "
			       "set_pgidle where weights replace the access check"});
	probes[0].sets_idle = true;
	EXPECT_EQUAL(complaint(probes, {}, third), text_view{"fine"});
}
