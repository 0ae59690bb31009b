// SPDX-License-Identifier: GPL-2.0
// The library where memory fails and where invariants break, and against the host's truths.
#include "damonxx/lib/math.hh"
#include "damonxx/lib/own.hh"
#include "damonxx/lib/vec.hh"
#include "host.hh"

#include "kunit/tracked.hh"

#include <cerrno>
#include <gtest/gtest.h>
#include <random>

namespace {

using namespace damon;
using test::tracked;

static_assert(static_cast<int>(errc::perm) == EPERM);
static_assert(static_cast<int>(errc::noent) == ENOENT);
static_assert(static_cast<int>(errc::srch) == ESRCH);
static_assert(static_cast<int>(errc::intr) == EINTR);
static_assert(static_cast<int>(errc::nomem) == ENOMEM);
static_assert(static_cast<int>(errc::again) == EAGAIN);
static_assert(static_cast<int>(errc::busy) == EBUSY);
static_assert(static_cast<int>(errc::nodev) == ENODEV);
static_assert(static_cast<int>(errc::inval) == EINVAL);
static_assert(static_cast<int>(errc::range) == ERANGE);
static_assert(static_cast<int>(errc::opnotsupp) == EOPNOTSUPP);
static_assert(static_cast<int>(errc::canceled) == ECANCELED);

TEST(library_own, make_own_enomem_constructs_nothing)
{
	host::fail_nth(1);
	EXPECT_TRUE(make_own<tracked>(1).error().is(errc::nomem));
	EXPECT_EQ(tracked::live, 0);
}

TEST(library_vec, growth_enomem_changes_nothing)
{
	vec<tracked> list;

	for (int i = 0; i < 8; i++)
		ASSERT_TRUE(list.try_push(tracked(i)).is_ok());
	ASSERT_EQ(list.capacity(), 8u);
	const tracked *place = list.begin();

	host::fail_from(1);
	EXPECT_TRUE(list.try_push(tracked(8)).is(errc::nomem));
	EXPECT_TRUE(list.reserve(9).is(errc::nomem));
	EXPECT_TRUE(list.resize(9).is(errc::nomem));
	EXPECT_EQ(list.size(), 8u);
	EXPECT_EQ(list.capacity(), 8u);
	EXPECT_EQ(list.begin(), place);
	EXPECT_EQ(tracked::live, 8);
	for (u32 i = 0; i < 8; i++)
		EXPECT_EQ(list[i].value(), static_cast<int>(i));
	EXPECT_TRUE(list.resize(3).is_ok());
	EXPECT_TRUE(list.try_push(tracked(8)).is_ok());
}

TEST(library_vec, growth_with_any_failing_allocation_is_sound)
{
	const u64 failures = host::for_each_failing_allocation([] {
		vec<u64> list;

		for (u64 i = 0; i < 100; i++)
			if (!list.try_push(i).is_ok())
				break;
		for (u32 i = 0; i < list.size(); i++)
			EXPECT_EQ(list[i], i);
		EXPECT_EQ(list.size() == 100, !host::has_failed());
	});

	EXPECT_GT(failures, 2u);
	EXPECT_LT(failures, 10u);
}

TEST(library_vec, reserve_beyond_memory_fails_enomem)
{
	vec<u64> list;

	EXPECT_TRUE(list.reserve(u32_max).is(errc::nomem));
	EXPECT_EQ(list.capacity(), 0u);
}

TEST(library_bounds, index_out_of_bounds_aborts)
{
	vec<u64> list;
	ASSERT_TRUE(list.resize(3).is_ok());
	const vec<u64> &constant = list;
	const span<u64> view = list.all();
	vec<u64> empty;

	EXPECT_DEATH(static_cast<void>(list[3]), "index < size");
	EXPECT_DEATH(static_cast<void>(constant[u32_max]), "index < size");
	EXPECT_DEATH(static_cast<void>(view[3]), "index < size");
	EXPECT_DEATH(static_cast<void>(empty[0]), "index < size");
	EXPECT_DEATH(static_cast<void>(empty.back()), "index < size");
	EXPECT_DEATH(empty.push(1), "size_ < capacity_");
}

TEST(library_asserts, misused_result_aborts)
{
	EXPECT_DEATH(static_cast<void>(status::from_errno(5)), "rc <= 0");
	EXPECT_DEATH(static_cast<void>(result<u64>{errc::inval}.take()), "is_ok");
	EXPECT_DEATH(static_cast<void>(result<u64>{ok}), "is_ok");
	EXPECT_DEATH(static_cast<void>(result<tracked>{errc::inval}.take()), "is_ok");
	EXPECT_DEATH(static_cast<void>(narrow<u8>(256)), "value <= limit");
}

TEST(library_mul_div, random_operands_agree_with_128_bit_division)
{
	std::mt19937_64 random(5);

	for (int i = 0; i < 300'000; i++) {
		const u64 a = random() >> random() % 64;
		const u64 b = random() >> random() % 64;
		const u64 divisor = std::max<u64>(random() >> random() % 64, 1);
		const unsigned __int128 quotient =
			static_cast<unsigned __int128>(a) * b / divisor;
		const u64 expected = quotient > u64_max ? u64_max : static_cast<u64>(quotient);

		ASSERT_EQ(mul_div(a, b, divisor), expected) << a << " * " << b << " / " << divisor;
	}
}

} // namespace
