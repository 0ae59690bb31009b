// SPDX-License-Identifier: GPL-2.0
#include "schemes/core_filter.hh"
#include "kunit/pages.hh"
#include "kunit/test.hh"

using namespace damon;
using test::page;
using test::pages;

namespace {

filter make(filter_type type, bool matching, bool allow)
{
	filter f;

	f.type = type;
	f.matching = matching;
	f.allow = allow;
	return f;
}

filter address(addr_range range, bool matching, bool allow)
{
	filter f = make(filter_type::addr, matching, allow);

	f.range = range;
	return f;
}

} // namespace

CASE(core_filter, judge_without_filters_accepts)
{
	const filter_verdict verdict = judge({}, false, {pages(1, 5)});

	EXPECT(verdict.accepted);
	EXPECT(!verdict.bypasses);
	EXPECT_EQUAL(verdict.end, 5 * page);
}

CASE(core_filter, judge_no_match_inverts_last_filter)
{
	filter rejects[] = {address(pages(10, 20), true, false)};
	filter allows[] = {address(pages(10, 20), true, true)};
	const judged_region outside{pages(30, 40)};

	EXPECT(judge(rejects, false, outside).accepted);
	EXPECT(!judge(allows, false, outside).accepted);
	// The other layer has the say then.
	EXPECT(judge(allows, true, outside).accepted);
	EXPECT(!judge(allows, true, outside).bypasses);
	EXPECT(judge(allows, true, {pages(12, 14)}).bypasses);
	EXPECT(!judge(rejects, true, {pages(12, 14)}).accepted);
}

CASE(core_filter, judge_first_match_decides)
{
	filter filters[] = {address(pages(10, 20), true, true), address(pages(0, 100), true, false)};

	EXPECT(judge(filters, false, {pages(10, 20)}).accepted);
	EXPECT(!judge(filters, false, {pages(20, 30)}).accepted);
}

CASE(core_filter, judge_region_across_bound_ends_at_it)
{
	filter inside[] = {address({10 * page + 5, 20 * page + 9}, true, true)};
	filter outside[] = {address({10 * page + 5, 20 * page + 9}, false, false)};

	EXPECT_EQUAL(judge(inside, false, {pages(5, 30)}).end, 10 * page);
	EXPECT(!judge(inside, false, {pages(5, 30)}).accepted);
	EXPECT_EQUAL(judge(inside, false, {pages(10, 30)}).end, 20 * page);
	EXPECT(judge(inside, false, {pages(10, 30)}).accepted);
	EXPECT(!judge(outside, false, {pages(5, 30)}).accepted);
	EXPECT(judge(outside, false, {pages(10, 30)}).accepted);
	EXPECT_EQUAL(judge(inside, false, {pages(20, 30)}).end, 30 * page);
	// Less than a page is nowhere.
	filter small[] = {address({10 * page + 5, 10 * page + 9}, true, true)};
	EXPECT_EQUAL(judge(small, false, {pages(5, 30)}).end, 30 * page);
	EXPECT(!judge(small, false, {pages(10, 11)}).accepted);
}

CASE(core_filter, judge_target_and_hits_match_within_limits)
{
	filter second[] = {make(filter_type::target, true, true)};
	filter often[] = {make(filter_type::probe_hits_wsum, true, true)};

	second[0].target_index = 1;
	EXPECT(judge(second, false, {pages(0, 1), 1}).accepted);
	EXPECT(!judge(second, false, {pages(0, 1), 0}).accepted);
	second[0].target_index = -1;
	EXPECT(!judge(second, false, {pages(0, 1), u32_max}).accepted);
	often[0].limits = {5, 9};
	EXPECT(!judge(often, false, {pages(0, 1), 0, 4}).accepted);
	EXPECT(judge(often, false, {pages(0, 1), 0, 5}).accepted);
	EXPECT(judge(often, false, {pages(0, 1), 0, 9}).accepted);
	EXPECT(!judge(often, false, {pages(0, 1), 0, 10}).accepted);
}
