// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/text.hh"

#include "kunit/test.hh"

using namespace damon;

namespace {

enum class outcome { value, invalid, out_of_range };

struct number_case {
	text_view text;
	outcome expected;
	u64 value = 0;
};

// The results of the kernel's kstrtoull(text, 0, ...), grouped by rule.
constexpr number_case u64_cases[] = {
	// decimal
	{"0", outcome::value, 0},
	{"7", outcome::value, 7},
	{"10000", outcome::value, 10'000},
	{"18446744073709551615", outcome::value, u64_max},
	// one newline at the end, nothing else
	{"7\n", outcome::value, 7},
	{"7\n\n", outcome::invalid},
	{"\n", outcome::invalid},
	{"7 ", outcome::invalid},
	{" 7", outcome::invalid},
	{"\n7", outcome::invalid},
	{"7\r\n", outcome::invalid},
	// one plus sign
	{"+7", outcome::value, 7},
	{"+7\n", outcome::value, 7},
	{"+", outcome::invalid},
	{"+\n", outcome::invalid},
	{"++7", outcome::invalid},
	{"+ 7", outcome::invalid},
	// no minus sign
	{"-7", outcome::invalid},
	{"-0", outcome::invalid},
	{"+-7", outcome::invalid},
	{"-+7", outcome::invalid},
	// hexadecimal by prefix
	{"0x1f", outcome::value, 31},
	{"0X1F", outcome::value, 31},
	{"+0xff\n", outcome::value, 255},
	{"0xFfFfFfFfFfFfFfFf", outcome::value, u64_max},
	{"0x", outcome::invalid},
	{"0xg", outcome::invalid},
	{"0x0x1", outcome::invalid},
	{"0x+1", outcome::invalid},
	{"x1", outcome::invalid},
	{"1f", outcome::invalid},
	// octal by a leading zero
	{"010", outcome::value, 8},
	{"0777", outcome::value, 511},
	{"00", outcome::value, 0},
	{"0000000000000000000000000000000000000017", outcome::value, 15},
	{"01777777777777777777777", outcome::value, u64_max},
	{"08", outcome::invalid},
	{"0779", outcome::invalid},
	// does not fit
	{"18446744073709551616", outcome::out_of_range},
	{"18446744073709551620", outcome::out_of_range},
	{"99999999999999999999999999", outcome::out_of_range},
	{"0x10000000000000000", outcome::out_of_range},
	{"02000000000000000000000", outcome::out_of_range},
	{"18446744073709551616\n", outcome::out_of_range},
	// overflow is reported even if invalid characters follow
	{"18446744073709551616x", outcome::out_of_range},
	{"18446744073709551615x", outcome::invalid},
	// not a number
	{"", outcome::invalid},
	{"abc", outcome::invalid},
	{"1.5", outcome::invalid},
	{"1,5", outcome::invalid},
	{"1e3", outcome::invalid},
	{"10K", outcome::invalid},
	{"\xff", outcome::invalid},
};

struct signed_case {
	text_view text;
	outcome expected;
	s32 value = 0;
};

// kstrtoint(text, 0, ...)
constexpr signed_case s32_cases[] = {
	{"0", outcome::value, 0},
	{"-0", outcome::value, 0},
	{"-1", outcome::value, -1},
	{"-1\n", outcome::value, -1},
	{"+1", outcome::value, 1},
	{"2147483647", outcome::value, 2147483647},
	{"-2147483648", outcome::value, -2147483647 - 1},
	{"0x7fffffff", outcome::value, 2147483647},
	{"-0x80000000", outcome::value, -2147483647 - 1},
	{"-010", outcome::value, -8},
	{"2147483648", outcome::out_of_range},
	{"-2147483649", outcome::out_of_range},
	{"4294967295", outcome::out_of_range},
	{"-18446744073709551615", outcome::out_of_range},
	{"-18446744073709551616", outcome::out_of_range},
	{"--1", outcome::invalid},
	{"-+1", outcome::invalid},
	{"+-1", outcome::invalid},
	{"-", outcome::invalid},
	{"- 1", outcome::invalid},
	{"", outcome::invalid},
};

template <typename Result> outcome outcome_of(const Result &parsed)
{
	if (parsed.is_ok())
		return outcome::value;
	return parsed.error().is(errc::range) ? outcome::out_of_range : outcome::invalid;
}

template <typename Parse, typename Case> bool check_number(Parse &&parse, const Case &one)
{
	auto parsed = parse(one.text);
	const outcome found = outcome_of(parsed);

	EXPECT_EQUAL(one.text, found == one.expected ? one.text : text_view{"another outcome"});
	if (found == outcome::value && one.expected == outcome::value)
		EXPECT_EQUAL(parsed.take(), one.value);
	else if (found == outcome::invalid)
		EXPECT(parsed.error().is(errc::inval));
	return found == one.expected;
}

} // namespace

CASE(text, parse_u64_follows_kstrtoull)
{
	for (const number_case &one : u64_cases)
		check_number(parse_u64, one);
}

CASE(text, parse_u32_follows_kstrtouint)
{
	for (number_case one : u64_cases) {
		if (one.expected == outcome::value && one.value > u32_max)
			one.expected = outcome::out_of_range;
		check_number(parse_u32, one);
	}
	check_number(parse_u32, number_case{"4294967295", outcome::value, u32_max});
	check_number(parse_u32, number_case{"4294967296", outcome::out_of_range});
	check_number(parse_u32, number_case{"0x100000000\n", outcome::out_of_range});
}

CASE(text, parse_s32_follows_kstrtoint)
{
	for (const signed_case &one : s32_cases)
		check_number(parse_s32, one);
}

// A view need not end in NUL; characters after its end are not read.
CASE(text, parse_u64_reads_nothing_beyond_view)
{
	const char digits[] = {'1', '2', '3', '4'};

	EXPECT_EQUAL(parse_u64({digits, 2}).take(), 12);
	EXPECT_EQUAL(parse_u64({digits, 4}).take(), 1234);
	EXPECT_ERROR(parse_u64({digits, 0}), errc::inval);
	const char prefix[] = {'0', 'x', '1'};
	EXPECT_ERROR(parse_u64({prefix, 2}), errc::inval);
	EXPECT_EQUAL(parse_u64({prefix, 1}).take(), 0);
}

// kstrtobool() decides by the first one or two characters.
CASE(text, parse_bool_follows_kstrtobool)
{
	const text_view yes[] = {"Y", "y", "1", "t", "T", "y\n", "yes", "1234", "true",
				 "on", "ON", "On\n", "oN", "only"};
	const text_view no[] = {"N", "n", "0", "f", "F", "n\n", "no", "0x1", "false",
				"off", "OFF", "of", "oF\n"};
	const text_view neither[] = {"", "\n", " y", "o", "o\n", "2", "-1", "+1", "enable", "ok"};

	for (const text_view &text : yes) {
		ASSERT_OK(parse_bool(text));
		EXPECT(parse_bool(text).take());
	}
	for (const text_view &text : no) {
		ASSERT_OK(parse_bool(text));
		EXPECT(!parse_bool(text).take());
	}
	for (const text_view &text : neither)
		EXPECT_ERROR(parse_bool(text), errc::inval);
}

CASE(text, parse_keyword_matches_whole_word_only)
{
	static const char *const words[] = {"vaddr", "fvaddr", "paddr", "pad"};
	const span<const char *const> all{words};

	EXPECT_EQUAL(parse_keyword("vaddr", all).take(), 0);
	EXPECT_EQUAL(parse_keyword("paddr\n", all).take(), 2);
	EXPECT_EQUAL(parse_keyword("pad", all).take(), 3);
	EXPECT_ERROR(parse_keyword("pa", all), errc::inval);
	EXPECT_ERROR(parse_keyword("paddr\n\n", all), errc::inval);
	EXPECT_ERROR(parse_keyword("paddr ", all), errc::inval);
	EXPECT_ERROR(parse_keyword(" paddr", all), errc::inval);
	EXPECT_ERROR(parse_keyword("PADDR", all), errc::inval);
	EXPECT_ERROR(parse_keyword("", all), errc::inval);
	EXPECT_ERROR(parse_keyword("\n", all), errc::inval);
	EXPECT_ERROR(parse_keyword("vaddr", {}), errc::inval);
}

CASE(text, chomp_removes_one_newline)
{
	EXPECT_EQUAL(chomp("word\n"), "word");
	EXPECT_EQUAL(chomp("word"), "word");
	EXPECT_EQUAL(chomp("word\n\n"), "word\n");
	EXPECT_EQUAL(chomp("\n"), "");
	EXPECT_EQUAL(chomp(""), "");
}

CASE(text, text_view_compares_content_and_clamps_cuts)
{
	const text_view text{"abc"};

	EXPECT_EQUAL(text.size(), 3);
	EXPECT_EQUAL(text[2], 'c');
	EXPECT_EQUAL(text[3], '\0');
	EXPECT_EQUAL(text.from(1), "bc");
	EXPECT(text.from(3).empty());
	EXPECT(text.from(9).empty());
	EXPECT(text_view{"abc"} == text_view("abcd", 3));
	EXPECT(!(text == text_view{"abd"}));
	EXPECT(!(text == text_view{"ab"}));
	EXPECT(text_view{} == text_view{""});
}

CASE(text_writer, put_numbers_and_words_formats_them)
{
	char buffer[128];
	text_writer out{buffer, sizeof(buffer)};

	out << "a " << 'b' << ' ' << u64_max << ' ' << -5 << ' ' << u8{200} << ' ' << 0u << ' '
	    << true << false;
	EXPECT_EQUAL(out.view(), "a b 18446744073709551615 -5 200 0 YN");
	EXPECT_EQUAL(out.size(), 36);
	EXPECT_EQUAL(buffer[36], '\0');
}

CASE(text_writer, put_extreme_numbers_formats_them)
{
	char buffer[128];
	text_writer out{buffer, sizeof(buffer)};
	const s64 lowest = -0x7fff'ffff'ffff'ffff - 1;

	out << lowest << ' ' << s32{-2147483647 - 1} << ' ' << static_cast<signed char>(-128)
	    << ' ' << static_cast<s64>(0x7fff'ffff'ffff'ffff);
	EXPECT_EQUAL(out.view(), "-9223372036854775808 -2147483648 -128 9223372036854775807");
}

CASE(text_writer, put_beyond_capacity_is_truncated)
{
	char buffer[8] = {'#', '#', '#', '#', '#', '#', '#', '#'};
	text_writer out{buffer, 6};

	EXPECT_EQUAL(buffer[0], '\0');
	out << "abc" << "defg";
	EXPECT_EQUAL(out.view(), "abcde");
	EXPECT_EQUAL(buffer[5], '\0');
	EXPECT_EQUAL(buffer[6], '#');
	out << "more" << 'x' << 12345;
	EXPECT_EQUAL(out.view(), "abcde");
}

CASE(text_writer, put_exactly_full_keeps_terminator)
{
	char buffer[6];
	text_writer out{buffer, sizeof(buffer)};

	out << 12345;
	EXPECT_EQUAL(out.view(), "12345");
	EXPECT_EQUAL(buffer[5], '\0');
}

CASE(text_writer, put_without_room_writes_at_most_terminator)
{
	char buffer[1] = {'#'};
	text_writer none{buffer, 0};
	none << "abc" << 1;
	EXPECT_EQUAL(none.size(), 0);
	EXPECT_EQUAL(buffer[0], '#');

	text_writer nul{buffer, 1};
	nul << "abc" << 1;
	EXPECT_EQUAL(nul.size(), 0);
	EXPECT_EQUAL(buffer[0], '\0');
}

CASE(text_writer, put_number_then_parse_gives_same_value)
{
	for (u32 shift = 0; shift < 64; shift++) {
		for (const u64 value : {u64_max >> shift, (1ULL << shift) - 1, 1ULL << shift}) {
			char buffer[24];
			text_writer out{buffer, sizeof(buffer)};

			out << value << '\n';
			const auto parsed = parse_u64(out.view());
			ASSERT_OK(parsed);
			ASSERT_EQUAL(parsed.take(), value);
		}
	}
}
