// SPDX-License-Identifier: GPL-2.0
#include "core/region/ranges.hh"
#include "kunit/test.hh"

using namespace damon;

namespace {

// The areas of the mapped ranges, with room for @most areas.
vec<addr_range> areas_of(span<const addr_range> mapped, u32 most = 64)
{
	vec<addr_range> found;

	EXPECT_OK(found.reserve(most));
	mapped_areas areas{found};
	for (const addr_range &range : mapped)
		areas.add(range);
	areas.finish();
	return found;
}

bool equal(const vec<addr_range> &found, span<const addr_range> wanted)
{
	if (found.size() != wanted.size())
		return false;
	for (u32 i = 0; i < wanted.size(); i++)
		if (found[i] != wanted[i])
			return false;
	return true;
}

} // namespace

CASE(ranges, areas_of_nothing_are_empty)
{
	EXPECT_EQUAL(areas_of({}).size(), 0u);
}

CASE(ranges, areas_of_one_mapping_are_that_mapping)
{
	const addr_range mapped[] = {{4096, 8192}};

	EXPECT(equal(areas_of(mapped), mapped));
}

CASE(ranges, areas_exclude_two_largest_gaps_however_small)
{
	const addr_range mapped[] = {{0x1000, 0x2000000}, {0x2001000, 0x4000000},
				     {0x4001000, 0x6000000}};

	EXPECT(equal(areas_of(mapped), mapped));
}

CASE(ranges, areas_include_small_gaps)
{
	const addr_range mapped[] = {
		{0x1000, 0x2000},	  {0x3000, 0x80000},	     {0x10000000, 0x10080000},
		{0x10081000, 0x10090000}, {0x7fff00000, 0x7fff10000},
	};
	const addr_range wanted[] = {
		{0x1000, 0x80000},
		{0x10000000, 0x10090000},
		{0x7fff00000, 0x7fff10000},
	};

	EXPECT(equal(areas_of(mapped), wanted));
}

// Small mappings far apart: the gaps between them are not monitored.
CASE(ranges, areas_exclude_all_large_gaps)
{
	constexpr u64 gib = u64{1} << 30;
	constexpr u32 islands = 20;
	addr_range mapped[islands];

	for (u32 i = 0; i < islands; i++)
		mapped[i] = {(i + 1) * 100 * gib, (i + 1) * 100 * gib + gib};
	EXPECT(equal(areas_of(mapped), mapped));
}

// The largest gap first or last, and adjacent mappings.
CASE(ranges, areas_with_largest_gap_first_or_last_exclude_it)
{
	const addr_range mapped[] = {
		{0x1000, 0x2000},     {0x100000, 0x101000}, {0x101000, 0x102000},
		{0x110000, 0x111000}, {0x112000, 0x113000},
	};
	const addr_range wanted[] = {
		{0x1000, 0x2000},
		{0x100000, 0x102000},
		{0x110000, 0x111000},
		{0x112000, 0x113000},
	};

	EXPECT(equal(areas_of(mapped), wanted));
}

// With little room only the largest gaps are excluded.
CASE(ranges, areas_with_room_for_three_exclude_largest_gaps)
{
	const addr_range mapped[] = {
		{0x1000, 0x2000},
		{0x10000, 0x11000},
		{0x100000, 0x101000},
		{0x110000, 0x111000},
		{0x200000, 0x201000},
	};
	const addr_range wanted[] = {
		{0x1000, 0x11000},
		{0x100000, 0x111000},
		{0x200000, 0x201000},
	};

	EXPECT(equal(areas_of(mapped, 3), wanted));
}

CASE(ranges, areas_with_room_for_one_span_all)
{
	const addr_range mapped[] = {{0x1000, 0x2000}, {0x10000, 0x11000}};
	const addr_range wanted[] = {{0x1000, 0x11000}};

	EXPECT(equal(areas_of(mapped, 1), wanted));
}

CASE(ranges, page_aligned_range_covers_the_original)
{
	EXPECT_EQUAL(page_aligned({1, 4097}), (addr_range{0, 8192}));
	EXPECT_EQUAL(page_aligned({4096, 8192}), (addr_range{4096, 8192}));
}
