// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/own.hh"
#include "damonxx/lib/result.hh"

#include "kunit/test.hh"
#include "kunit/tracked.hh"

using namespace damon;
using test::tracked;

namespace {

// Is returned in registers, like an errno.
static_assert(sizeof(status) == 4);
static_assert(sizeof(result<u64>) == 16);
static_assert(std::is_trivially_copyable_v<result<u64>>);
static_assert(std::is_trivially_destructible_v<result<u64>>);
// Can be moved if the value can, and cannot be copied if the value owns something.
static_assert(!std::is_copy_constructible_v<result<tracked>>);
static_assert(std::is_move_constructible_v<result<tracked>>);
static_assert(!std::is_copy_constructible_v<result<own<tracked>>>);

result<u64> half(u64 value)
{
	if (value % 2)
		return errc::inval;
	return value / 2;
}

result<u64> quarter(u64 value)
{
	return TRY(half(TRY(half(value))));
}

result<tracked> make_tracked(int value, bool fails)
{
	if (fails)
		return errc::nomem;
	return tracked{value};
}

result<tracked> pass_on(int value, bool fails)
{
	tracked made = TRY(make_tracked(value, fails));
	return made;
}

status check(int *steps, status first)
{
	++*steps;
	TRY(first);
	++*steps;
	return ok;
}

result<own<tracked>> boxed(int value, bool fails)
{
	auto box = TRY(make_own<tracked>(value));
	TRY(make_tracked(0, fails));
	return box;
}

} // namespace

CASE(result, status_round_trips_errno)
{
	EXPECT(ok.is_ok());
	EXPECT_EQUAL(ok.to_errno(), 0);
	EXPECT(status::from_errno(0).is_ok());

	const status failed = errc::nomem;
	EXPECT(!failed.is_ok());
	EXPECT(failed.is(errc::nomem));
	EXPECT(!failed.is(errc::inval));
	EXPECT_EQUAL(failed.to_errno(), -12);
	EXPECT_EQUAL(status::from_errno(-34).to_errno(), -34);
	EXPECT(status::from_errno(-34).is(errc::range));
}

CASE(result, plain_result_holds_value_or_error)
{
	const result<u64> good = u64_max;
	const result<u64> bad = errc::busy;
	const result<u64> passed = status{errc::intr};

	ASSERT_OK(good);
	EXPECT(good.error().is_ok());
	EXPECT_EQUAL(good.take(), u64_max);
	EXPECT_ERROR(bad, errc::busy);
	EXPECT_ERROR(passed, errc::intr);
}

// A value that equals an errno is still a value.
CASE(result, value_like_errno_is_no_error)
{
	const result<s32> negative = -22;

	ASSERT_OK(negative);
	EXPECT_EQUAL(negative.take(), -22);
	const result<bool> no = false;
	ASSERT_OK(no);
	EXPECT(!no.take());
}

CASE(result, try_yields_value_or_returns_error)
{
	ASSERT_OK(quarter(12));
	EXPECT_EQUAL(quarter(12).take(), 3);
	EXPECT_ERROR(quarter(7), errc::inval);
	EXPECT_ERROR(quarter(6), errc::inval);
}

CASE(result, try_status_returns_at_first_failure)
{
	int steps = 0;

	EXPECT_OK(check(&steps, ok));
	EXPECT_EQUAL(steps, 2);
	EXPECT_ERROR(check(&steps, errc::perm), errc::perm);
	EXPECT_EQUAL(steps, 3);
}

CASE(result, try_evaluates_expression_once)
{
	int calls = 0;
	auto counted = [&]() -> result<u64> {
		calls++;
		return u64{1};
	};
	auto user = [&]() -> result<u64> { return TRY(counted()) + TRY(counted()); };

	EXPECT_EQUAL(user().take(), 2);
	EXPECT_EQUAL(calls, 2);
}

CASE(result, take_moves_value_without_copy)
{
	ASSERT_EQUAL(tracked::live, 0);
	{
		auto passed = pass_on(5, false);

		ASSERT_OK(passed);
		EXPECT_EQUAL(tracked::live, 1);
		const tracked taken = move(passed).take();
		EXPECT_EQUAL(taken.value(), 5);
		EXPECT_EQUAL(tracked::live, 2);
	}
	EXPECT_EQUAL(tracked::live, 0);
	EXPECT_ERROR(pass_on(5, true), errc::nomem);
	EXPECT_EQUAL(tracked::live, 0);
}

CASE(result, move_of_result_moves_value_or_error)
{
	{
		result<tracked> first = tracked{9};
		result<tracked> second = move(first);

		ASSERT_OK(second);
		EXPECT_EQUAL(move(second).take().value(), 9);
		EXPECT_EQUAL(move(first).take().value(), -1);
	}
	{
		result<tracked> first = errc::srch;
		result<tracked> second = move(first);

		EXPECT_ERROR(second, errc::srch);
	}
	EXPECT_EQUAL(tracked::live, 0);
}

CASE(result, failure_after_construction_frees_object)
{
	const u64 allocated = kapi_alloc_live();

	EXPECT_ERROR(boxed(1, true), errc::nomem);
	EXPECT_EQUAL(tracked::live, 0);
	EXPECT_EQUAL(kapi_alloc_live(), allocated);
	{
		auto box = boxed(1, false);

		ASSERT_OK(box);
		EXPECT_EQUAL(tracked::live, 1);
	}
	EXPECT_EQUAL(tracked::live, 0);
	EXPECT_EQUAL(kapi_alloc_live(), allocated);
}
