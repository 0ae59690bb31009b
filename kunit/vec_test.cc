// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/own.hh"
#include "damonxx/lib/vec.hh"

#include "kunit/test.hh"
#include "kunit/tracked.hh"

using namespace damon;
using test::tracked;

namespace {

static_assert(!std::is_copy_constructible_v<vec<u64>>);
static_assert(!std::is_copy_assignable_v<vec<u64>>);

// 0, 1, 2, ...
template <typename T> status fill(vec<T> &list, int count)
{
	for (int i = 0; i < count; i++)
		TRY(list.try_push(T(i)));
	return ok;
}

} // namespace

CASE(vec, try_push_grows_and_keeps_order)
{
	vec<u64> list;

	EXPECT(list.empty());
	EXPECT_EQUAL(list.size(), 0);
	EXPECT(list.begin() == list.end());
	ASSERT_OK(fill(list, 1000));
	ASSERT_EQUAL(list.size(), 1000);
	EXPECT_AT_MOST(list.size(), list.capacity());
	for (u32 i = 0; i < 1000; i++)
		ASSERT_EQUAL(list[i], i);
	EXPECT_EQUAL(list.back(), 999);
	u64 expected = 0;
	for (const u64 value : list)
		ASSERT_EQUAL(value, expected++);
	EXPECT_EQUAL(expected, 1000);
}

CASE(vec, push_after_reserve_does_not_reallocate)
{
	vec<u32> list;

	ASSERT_OK(list.reserve(5));
	EXPECT_EQUAL(list.capacity(), 5);
	const u32 *place = list.begin();
	for (u32 i = 0; i < 5; i++)
		list.push(i);
	EXPECT_EQUAL(list.begin(), place);
	ASSERT_OK(list.reserve(3));
	ASSERT_OK(list.reserve(5));
	EXPECT_EQUAL(list.begin(), place);
	EXPECT_EQUAL(list.capacity(), 5);
	EXPECT_EQUAL(list.size(), 5);
}

CASE(vec, elements_are_constructed_and_destroyed_once)
{
	{
		vec<tracked> list;

		ASSERT_OK(fill(list, 100));
		EXPECT_EQUAL(tracked::live, 100);
		list.pop();
		EXPECT_EQUAL(tracked::live, 99);
		list.truncate(40);
		EXPECT_EQUAL(tracked::live, 40);
		EXPECT_EQUAL(list.back().value(), 39);
		list.truncate(50);
		EXPECT_EQUAL(list.size(), 40);
		list.clear();
		EXPECT_EQUAL(tracked::live, 0);
		list.pop();
		EXPECT(list.empty());
		ASSERT_OK(fill(list, 3));
	}
	EXPECT_EQUAL(tracked::live, 0);
}

CASE(vec, vec_of_own_frees_objects)
{
	const u64 allocated = kapi_alloc_live();
	{
		vec<own<tracked>> list;

		for (int i = 0; i < 20; i++) {
			auto made = make_own<tracked>(i);
			ASSERT_OK(made);
			ASSERT_OK(list.try_push(move(made).take()));
		}
		for (u32 i = 0; i < 20; i++)
			ASSERT_EQUAL(list[i]->value(), i);
		EXPECT_EQUAL(tracked::live, 20);
	}
	EXPECT_EQUAL(tracked::live, 0);
	EXPECT_EQUAL(kapi_alloc_live(), allocated);
}

CASE(vec, resize_zeroes_new_and_drops_old_elements)
{
	vec<u64> list;

	ASSERT_OK(fill(list, 8));
	list.truncate(2);
	ASSERT_OK(list.resize(6));
	ASSERT_EQUAL(list.size(), 6);
	EXPECT_EQUAL(list[1], 1);
	for (u32 i = 2; i < 6; i++)
		EXPECT_EQUAL(list[i], 0);
	ASSERT_OK(list.resize(1));
	EXPECT_EQUAL(list.size(), 1);
	ASSERT_OK(list.resize(0));
	EXPECT(list.empty());
}

CASE(vec, move_and_swap_transfer_elements)
{
	{
		vec<tracked> a;
		ASSERT_OK(fill(a, 3));
		vec<tracked> b{move(a)};

		EXPECT_EQUAL(a.size(), 0);
		EXPECT_EQUAL(a.capacity(), 0);
		EXPECT_EQUAL(b.size(), 3);
		EXPECT_AT_MOST(3, b.capacity());
		vec<tracked> c;
		ASSERT_OK(fill(c, 5));
		c = move(b);
		EXPECT_EQUAL(tracked::live, 3);
		EXPECT_EQUAL(c.size(), 3);
		EXPECT_EQUAL(b.size(), 0);
		ASSERT_OK(b.try_push(tracked{9}));
		b.swap(c);
		EXPECT_EQUAL(b.size(), 3);
		EXPECT_EQUAL(c.back().value(), 9);
	}
	EXPECT_EQUAL(tracked::live, 0);
}

CASE(vec, vec_of_vecs_frees_rows)
{
	const u64 allocated = kapi_alloc_live();
	{
		vec<vec<u64>> rows;

		for (int i = 0; i < 10; i++) {
			vec<u64> row;
			ASSERT_OK(fill(row, i));
			ASSERT_OK(rows.try_push(move(row)));
		}
		for (u32 i = 0; i < 10; i++)
			EXPECT_EQUAL(rows[i].size(), i);
	}
	EXPECT_EQUAL(kapi_alloc_live(), allocated);
}
