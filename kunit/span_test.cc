// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/span.hh"
#include "damonxx/lib/vec.hh"

#include "kunit/test.hh"

using namespace damon;

CASE(span, span_of_array_reads_and_writes_it)
{
	u32 numbers[] = {1, 2, 3};
	const span<u32> all{numbers};

	EXPECT_EQUAL(all.size(), 3);
	EXPECT(!all.empty());
	EXPECT_EQUAL(all[2], 3);
	all[0] = 7;
	EXPECT_EQUAL(numbers[0], 7);
	u32 sum = 0;
	for (const u32 n : all)
		sum += n;
	EXPECT_EQUAL(sum, 12);
}

CASE(span, empty_span_and_its_parts_are_empty)
{
	const span<u32> nothing;

	EXPECT(nothing.empty());
	EXPECT(nothing.begin() == nothing.end());
	EXPECT(nothing.first(3).empty());
	EXPECT(nothing.from(0).empty());
}

CASE(span, first_and_from_beyond_end_are_clamped)
{
	const u32 numbers[] = {1, 2, 3, 4};
	const span<const u32> all{numbers};

	EXPECT_EQUAL(all.first(2).size(), 2);
	EXPECT_EQUAL(all.first(9).size(), 4);
	EXPECT_EQUAL(all.first(0).size(), 0);
	EXPECT_EQUAL(all.from(1).size(), 3);
	EXPECT_EQUAL(all.from(1)[0], 2);
	EXPECT(all.from(4).empty());
	EXPECT(all.from(u32_max).empty());
}

CASE(span, span_converts_to_const)
{
	vec<u32> list;
	ASSERT_OK(list.try_push(5));
	const span<const u32> view = list.all();

	ASSERT_EQUAL(view.size(), 1);
	EXPECT_EQUAL(view[0], 5);
	EXPECT_EQUAL(view.data(), list.begin());
}
