// SPDX-License-Identifier: GPL-2.0
// What kunit/test.hh reports when a case fails.
#include "damonxx/lib/result.hh"
#include "damonxx/lib/text.hh"
#include "host.hh"

#include "kunit/test.hh"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

namespace {

using namespace damon;

template <typename T> std::string shown(const T &value)
{
	test::message text;

	test::show(text, value);
	return text.c_str();
}

TEST(test_compare, mixed_signs_compare_by_value)
{
	EXPECT_TRUE(test::less::holds(-1, 0u));
	EXPECT_FALSE(test::equal::holds(-1, ~0u));
	EXPECT_FALSE(test::equal::holds(-1, ~0ULL));
	EXPECT_TRUE(test::equal::holds(5, u8{5}));
	EXPECT_TRUE(test::less::holds(-2, -1LL));
	EXPECT_TRUE(test::at_most::holds(-1, -1));
	EXPECT_FALSE(test::less::holds(0ULL, -5));
	EXPECT_TRUE(test::unequal::holds(1, 2));
}

TEST(test_compare, failed_comparison_shows_values)
{
	EXPECT_EQ(shown(~0ULL), "18446744073709551615");
	EXPECT_EQ(shown(-0x7fff'ffff'ffff'ffffLL - 1), "-9223372036854775808");
	EXPECT_EQ(shown(true), "true");
	EXPECT_EQ(shown(errc::inval), "22");
	EXPECT_EQ(shown(status{errc::inval}), "-22");
	EXPECT_EQ(shown(text_view{"abc", 2}), "\"ab\"");
	EXPECT_EQ(shown("abc"), "\"abc\"");
	EXPECT_EQ(shown(addr_range{0x1000, 0x2000}), "[0x1000, 0x2000)");
	EXPECT_EQ(shown(nullptr), "null");
}

TEST(test_compare, long_message_is_truncated)
{
	test::message text;

	text.put(std::string(300, 'x').c_str()).put("y");
	EXPECT_EQ(std::string(text.c_str()), std::string(255, 'x'));
}

TEST(test_case, failed_expect_names_both_values)
{
	EXPECT_NONFATAL_FAILURE(EXPECT_EQUAL(1 + 1, 3u), "expected 1 + 1 == 3u: 2 and 3");
	EXPECT_NONFATAL_FAILURE(EXPECT_AT_MOST(4, 3), "expected 4 <= 3: 4 and 3");
	EXPECT_NONFATAL_FAILURE(EXPECT(1 > 2), "expected 1 > 2");
	EXPECT_NONFATAL_FAILURE(EXPECT_OK(status{errc::nomem}), "errno -12");
	EXPECT_NONFATAL_FAILURE(EXPECT_ERROR(ok, errc::nomem), "errno -12 of ok: success");
	EXPECT_NONFATAL_FAILURE(EXPECT_ERROR(status{errc::perm}, errc::nomem), "-1");
}

TEST(test_case, failed_assert_leaves_the_case)
{
	static bool went_on;
	auto body = [] {
		ASSERT_EQUAL(1, 2);
		went_on = true;
	};

	went_on = false;
	EXPECT_NONFATAL_FAILURE(body(), "expected 1 == 2");
	EXPECT_FALSE(went_on);
}

} // namespace
