// SPDX-License-Identifier: GPL-2.0
#include "core/ranges.hh"
#include "kunit/test.hh"

using namespace damon;

CASE(ranges, nothing_mapped)
{
	addr_range out[3];

	EXPECT_EQUAL(three_regions{}.result(out), 0u);
}

CASE(ranges, one_mapping_is_one_area)
{
	three_regions areas;
	addr_range out[3];

	areas.add({4096, 8192});
	ASSERT_EQUAL(areas.result(out), 1u);
	EXPECT_EQUAL(out[0], (addr_range{4096, 8192}));
}

CASE(ranges, one_gap_makes_two_areas)
{
	three_regions areas;
	addr_range out[3];

	areas.add({0x1000, 0x2000});
	areas.add({0x9000, 0xa000});
	ASSERT_EQUAL(areas.result(out), 2u);
	EXPECT_EQUAL(out[0], (addr_range{0x1000, 0x2000}));
	EXPECT_EQUAL(out[1], (addr_range{0x9000, 0xa000}));
}

CASE(ranges, smaller_gaps_are_included)
{
	three_regions areas;
	addr_range out[3];

	areas.add({0x1000, 0x2000});
	areas.add({0x3000, 0x4000});
	areas.add({0x14000, 0x15000});	// after a gap of 0x10000
	areas.add({0x16000, 0x17000});
	areas.add({0x37000, 0x38000});	// after a gap of 0x20000
	ASSERT_EQUAL(areas.result(out), 3u);
	EXPECT_EQUAL(out[0], (addr_range{0x1000, 0x4000}));
	EXPECT_EQUAL(out[1], (addr_range{0x14000, 0x17000}));
	EXPECT_EQUAL(out[2], (addr_range{0x37000, 0x38000}));
}

// The largest first or last, and touching mappings.
CASE(ranges, order_of_gaps_does_not_matter)
{
	three_regions areas;
	addr_range out[3];

	areas.add({0x1000, 0x2000});
	areas.add({0x100000, 0x101000});
	areas.add({0x101000, 0x102000});
	areas.add({0x110000, 0x111000});
	areas.add({0x112000, 0x113000});
	ASSERT_EQUAL(areas.result(out), 3u);
	EXPECT_EQUAL(out[0], (addr_range{0x1000, 0x2000}));
	EXPECT_EQUAL(out[1], (addr_range{0x100000, 0x102000}));
	EXPECT_EQUAL(out[2], (addr_range{0x110000, 0x113000}));
}

CASE(ranges, alignment_covers_the_range)
{
	EXPECT_EQUAL(page_aligned({1, 4097}), (addr_range{0, 8192}));
	EXPECT_EQUAL(page_aligned({4096, 8192}), (addr_range{4096, 8192}));
}
