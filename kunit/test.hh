// SPDX-License-Identifier: GPL-2.0
#pragma once

// Test cases that run both under GoogleTest on the host and under KUnit in the kernel:
//
//	CASE(region_table, merge_neighbours_alike_joins_them)
//	{
//		region_table table;
//		ASSERT_OK(table.reserve(8));
//		EXPECT_EQUAL(table.count(), 0);
//	}
//
// EXPECT_* records a failure and continues; ASSERT_* returns from the case.  Cases are
// freestanding: they use only the library of damonxx and kapi.  The test runner provides
// kapi_test_failed() and calls the cases: on the host by the section "damonxx_tests", an array of
// pointers to kapi_test_case; in the kernel by a list that is made from their symbols.

#include "kunit/compare.hh"

extern "C" {
struct kapi_test_case {
	const char *suite;
	const char *name;
	void (*run)();
};

// Fails the running case.  @message lives only during the call.
void kapi_test_failed(const char *file, int line, const char *message);
}

namespace test {

struct place {
	const char *file;
	int line;
};

[[gnu::noinline]] inline bool failed(place at, const message &text)
{
	kapi_test_failed(at.file, at.line, text.c_str());
	return false;
}

// Compares with @Relation; on failure reports both texts and both values.
template <typename Relation, typename A, typename B>
bool compare(place at, const char *a_text, const char *b_text, const A &a, const B &b)
{
	if (Relation::holds(a, b))
		return true;
	message text;
	text.put("expected ").put(a_text).put(Relation::sign).put(b_text).put(": ");
	show(text, a);
	text.put(" and ");
	show(text, b);
	return failed(at, text);
}

inline bool check(place at, const char *condition, bool holds)
{
	if (holds)
		return true;
	message text;
	text.put("expected ").put(condition);
	return failed(at, text);
}

// @outcome is a status or a result.
template <typename Outcome>
bool check_ok(place at, const char *expression, const Outcome &outcome)
{
	if (outcome.is_ok())
		return true;
	message text;
	text.put("expected success of ").put(expression).put(": errno ");
	show(text, outcome.error().to_errno());
	return failed(at, text);
}

template <typename Outcome, typename Code>
bool check_error(place at, const char *expression, const Outcome &outcome, Code code)
{
	const int want = -static_cast<int>(code);

	if (!outcome.is_ok() && outcome.error().to_errno() == want)
		return true;
	message text;
	text.put("expected errno ");
	show(text, want);
	text.put(" of ").put(expression).put(": ");
	if (outcome.is_ok())
		text.put("success");
	else
		show(text, outcome.error().to_errno());
	return failed(at, text);
}

} // namespace test

#define TEST_PLACE_ \
	::test::place \
	{ \
		__FILE__, __LINE__ \
	}
#define TEST_COMPARE_(relation, a, b) \
	::test::compare<::test::relation>(TEST_PLACE_, #a, #b, (a), (b))
#define TEST_EXPECT_(holds) static_cast<void>(holds)
#define TEST_ASSERT_(holds) \
	do { \
		if (!(holds)) \
			return; \
	} while (0)

#define TEST_FUNCTION_(suite_, name_) damonxx_case_##suite_##__##name_

#ifdef __KERNEL__
// scripts/kbuild/kunit-suites finds the function by its symbol.
#define TEST_LIST_(suite_, name_)
#else
#define TEST_LIST_(suite_, name_) \
	static constexpr kapi_test_case suite_##_##name_##_case{ \
		#suite_, #name_, TEST_FUNCTION_(suite_, name_)}; \
	[[gnu::section("damonxx_tests"), gnu::used]] static const kapi_test_case \
		*const suite_##_##name_##_entry = &suite_##_##name_##_case;
#endif

#define CASE(suite_, name_) \
	extern "C" void TEST_FUNCTION_(suite_, name_)(); \
	TEST_LIST_(suite_, name_) \
	extern "C" void TEST_FUNCTION_(suite_, name_)()

#define EXPECT(...) TEST_EXPECT_(::test::check(TEST_PLACE_, #__VA_ARGS__, bool(__VA_ARGS__)))
#define EXPECT_EQUAL(a, b) TEST_EXPECT_(TEST_COMPARE_(equal, a, b))
#define EXPECT_UNEQUAL(a, b) TEST_EXPECT_(TEST_COMPARE_(unequal, a, b))
#define EXPECT_LESS(a, b) TEST_EXPECT_(TEST_COMPARE_(less, a, b))
#define EXPECT_AT_MOST(a, b) TEST_EXPECT_(TEST_COMPARE_(at_most, a, b))
#define EXPECT_OK(...) TEST_EXPECT_(::test::check_ok(TEST_PLACE_, #__VA_ARGS__, (__VA_ARGS__)))
#define EXPECT_ERROR(outcome, code) \
	TEST_EXPECT_(::test::check_error(TEST_PLACE_, #outcome, (outcome), (code)))

#define ASSERT(...) TEST_ASSERT_(::test::check(TEST_PLACE_, #__VA_ARGS__, bool(__VA_ARGS__)))
#define ASSERT_EQUAL(a, b) TEST_ASSERT_(TEST_COMPARE_(equal, a, b))
#define ASSERT_UNEQUAL(a, b) TEST_ASSERT_(TEST_COMPARE_(unequal, a, b))
#define ASSERT_LESS(a, b) TEST_ASSERT_(TEST_COMPARE_(less, a, b))
#define ASSERT_AT_MOST(a, b) TEST_ASSERT_(TEST_COMPARE_(at_most, a, b))
#define ASSERT_OK(...) TEST_ASSERT_(::test::check_ok(TEST_PLACE_, #__VA_ARGS__, (__VA_ARGS__)))
#define ASSERT_ERROR(outcome, code) \
	TEST_ASSERT_(::test::check_error(TEST_PLACE_, #outcome, (outcome), (code)))
