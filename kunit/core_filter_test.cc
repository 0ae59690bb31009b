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

CASE(core_filter, evaluate_filters_without_filters_accepts)
{
	const filter_result decision = evaluate_filters({}, false, {pages(1, 5)});

	EXPECT(decision.accepted);
	EXPECT(!decision.bypasses);
	EXPECT_EQUAL(decision.end, 5 * page);
}

CASE(core_filter, evaluate_filters_no_match_inverts_last_filter)
{
	filter rejects[] = {address(pages(10, 20), true, false)};
	filter allows[] = {address(pages(10, 20), true, true)};
	const filter_subject outside{pages(30, 40)};

	EXPECT(evaluate_filters(rejects, false, outside).accepted);
	EXPECT(!evaluate_filters(allows, false, outside).accepted);
	// The operations layer decides then.
	EXPECT(evaluate_filters(allows, true, outside).accepted);
	EXPECT(!evaluate_filters(allows, true, outside).bypasses);
	EXPECT(evaluate_filters(allows, true, {pages(12, 14)}).bypasses);
	EXPECT(!evaluate_filters(rejects, true, {pages(12, 14)}).accepted);
}

CASE(core_filter, evaluate_filters_first_match_decides)
{
	filter filters[] = {address(pages(10, 20), true, true), address(pages(0, 100), true, false)};

	EXPECT(evaluate_filters(filters, false, {pages(10, 20)}).accepted);
	EXPECT(!evaluate_filters(filters, false, {pages(20, 30)}).accepted);
}

CASE(core_filter, evaluate_filters_region_across_bound_ends_at_it)
{
	filter inside[] = {address({10 * page + 5, 20 * page + 9}, true, true)};
	filter outside[] = {address({10 * page + 5, 20 * page + 9}, false, false)};

	EXPECT_EQUAL(evaluate_filters(inside, false, {pages(5, 30)}).end, 10 * page);
	EXPECT(!evaluate_filters(inside, false, {pages(5, 30)}).accepted);
	EXPECT_EQUAL(evaluate_filters(inside, false, {pages(10, 30)}).end, 20 * page);
	EXPECT(evaluate_filters(inside, false, {pages(10, 30)}).accepted);
	EXPECT(!evaluate_filters(outside, false, {pages(5, 30)}).accepted);
	EXPECT(evaluate_filters(outside, false, {pages(10, 30)}).accepted);
	EXPECT_EQUAL(evaluate_filters(inside, false, {pages(20, 30)}).end, 30 * page);
	// A range without a whole page contains nothing.
	filter small[] = {address({10 * page + 5, 10 * page + 9}, true, true)};
	EXPECT_EQUAL(evaluate_filters(small, false, {pages(5, 30)}).end, 30 * page);
	EXPECT(!evaluate_filters(small, false, {pages(10, 11)}).accepted);
}

CASE(core_filter, evaluate_filters_target_and_hits_match_within_limits)
{
	filter second[] = {make(filter_type::target, true, true)};
	filter often[] = {make(filter_type::probe_hits_wsum, true, true)};

	second[0].target_index = 1;
	EXPECT(evaluate_filters(second, false, {pages(0, 1), 1}).accepted);
	EXPECT(!evaluate_filters(second, false, {pages(0, 1), 0}).accepted);
	second[0].target_index = -1;
	EXPECT(!evaluate_filters(second, false, {pages(0, 1), u32_max}).accepted);
	often[0].limits = {5, 9};
	EXPECT(!evaluate_filters(often, false, {pages(0, 1), 0, 4}).accepted);
	EXPECT(evaluate_filters(often, false, {pages(0, 1), 0, 5}).accepted);
	EXPECT(evaluate_filters(often, false, {pages(0, 1), 0, 9}).accepted);
	EXPECT(!evaluate_filters(often, false, {pages(0, 1), 0, 10}).accepted);
}
