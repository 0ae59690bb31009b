// SPDX-License-Identifier: GPL-2.0
// Texts by the thousand, against the C library's own parser and formatter.
#include "damonxx/lib/text.hh"
#include "host.hh"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <optional>
#include <random>

namespace {

using namespace damon;

// Texts made of what numbers are made of, so that many of them are numbers.
std::string random_text(std::mt19937_64 &random)
{
	static const char *const heads[] = {"", "", "", "+", "-", "0x", "0X", "0", "+0x", " "};
	static const char digits[] = "0123456789abcdefABCDEF0123456789012345670123456701234567x+-\n ";
	static const char *const tails[] = {"", "", "", "\n", "\n", "\n\n", " ", "x"};
	const bool decimal = random() % 2;
	std::string text = heads[random() % 10];

	for (u64 length = random() % 24; length > 0; length--)
		text += decimal ? static_cast<char>('0' + random() % 10)
				: digits[random() % (sizeof(digits) - 1)];
	return text + tails[random() % 8];
}

// kstrtoull() in terms of strtoull(), which forgives more: blanks and minus signs in front.
struct truth {
	int error = 0;
	u64 value = 0;
};

truth kstrtoull(const std::string &text)
{
	const std::string digits = text.starts_with('+') ? text.substr(1) : text;
	char *end = nullptr;

	if (digits.empty() || !std::isxdigit(static_cast<unsigned char>(digits[0])))
		return {EINVAL};
	errno = 0;
	const u64 value = std::strtoull(digits.c_str(), &end, 0);
	if (end == digits.c_str())
		return {EINVAL};
	if (errno == ERANGE)
		return {ERANGE};
	if (*end == '\n')
		end++;
	return *end ? truth{EINVAL} : truth{0, value};
}

truth kstrtoint(const std::string &text)
{
	const bool negative = text.starts_with('-');
	const std::string rest = negative ? text.substr(1) : text;
	truth found = negative && rest.starts_with('+') ? truth{EINVAL} : kstrtoull(rest);
	const u64 limit = negative ? 1ULL << 31 : (1ULL << 31) - 1;

	if (found.error == 0 && found.value > limit)
		return {ERANGE};
	if (negative)
		found.value = 0 - found.value;
	return found;
}

text_view view_of(const std::string &text)
{
	return {text.data(), static_cast<u32>(text.size())};
}

TEST(text_property, parse_u64_agrees_with_strtoull)
{
	std::mt19937_64 random(11);
	u64 good = 0;
	u64 out_of_range = 0;

	for (int i = 0; i < 200'000; i++) {
		const std::string text = random_text(random);
		const truth expected = kstrtoull(text);
		const auto found = parse_u64(view_of(text));

		ASSERT_EQ(-found.error().to_errno(), expected.error) << '"' << text << '"';
		good += found.is_ok();
		out_of_range += found.error().is(errc::range);
		if (!found.is_ok())
			continue;
		ASSERT_EQ(found.take(), expected.value) << '"' << text << '"';
	}
	// The texts are worth something only if all outcomes are among them.
	EXPECT_GT(good, 40'000u);
	EXPECT_GT(out_of_range, 1'000u);
}

TEST(text_property, parse_s32_agrees_with_strtol)
{
	std::mt19937_64 random(12);

	for (int i = 0; i < 200'000; i++) {
		const std::string text = random_text(random);
		const truth expected = kstrtoint(text);
		const auto found = parse_s32(view_of(text));

		ASSERT_EQ(-found.error().to_errno(), expected.error) << '"' << text << '"';
		if (!found.is_ok())
			continue;
		ASSERT_EQ(found.take(), static_cast<s32>(expected.value)) << '"' << text << '"';
	}
}

TEST(text_property, parse_reads_nothing_beyond_view)
{
	std::mt19937_64 random(13);

	for (int i = 0; i < 20'000; i++) {
		const std::string text = random_text(random);
		// As large as the text, so that a sanitizer sees one more.
		const std::unique_ptr<char[]> copy(new char[text.size()]);
		const text_view view{copy.get(), static_cast<u32>(text.size())};

		text.copy(copy.get(), text.size());
		static const char *const words[] = {"0", "12", "0x1"};
		ASSERT_EQ(parse_u64(view).is_ok(), parse_u64(view_of(text)).is_ok());
		static_cast<void>(parse_s32(view));
		static_cast<void>(parse_bool(view));
		static_cast<void>(parse_keyword(view, words));
		static_cast<void>(chomp(view));
	}
}

TEST(text_property, text_writer_truncates_like_snprintf)
{
	std::mt19937_64 random(14);

	for (int i = 0; i < 20'000; i++) {
		const s64 number = static_cast<s64>(random() >> random() % 64);
		const u32 size = static_cast<u32>(1 + random() % 40);
		const std::unique_ptr<char[]> buffer(new char[size]);
		const std::unique_ptr<char[]> expected(new char[size]);
		text_writer out{buffer.get(), size};

		out << "at " << number << ',' << static_cast<u64>(number) << '\n';
		std::snprintf(expected.get(), size, "at %lld,%llu\n", number,
			      static_cast<u64>(number));
		ASSERT_STREQ(buffer.get(), expected.get());
		ASSERT_EQ(out.size(), std::strlen(expected.get()));
	}
}

} // namespace
