// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/text.hh"

namespace damon {

namespace {


constexpr u32 no_digit = 99;

constexpr u32 digit_of(char c)
{
	if ('0' <= c && c <= '9')
		return static_cast<u32>(c - '0');
	if ('a' <= c && c <= 'f')
		return static_cast<u32>(c - 'a') + 10;
	if ('A' <= c && c <= 'F')
		return static_cast<u32>(c - 'A') + 10;
	return no_digit;
}

u32 take_base(text_view &digits)
{
	if (digits[0] != '0')
		return 10;
	if (digits[1] == 'x' || digits[1] == 'X') {
		digits = digits.from(2);
		return 16;
	}
	return 8;
}

// Digits and an optional trailing newline.
result<u64> parse_digits(text_view digits)
{
	const u32 base = take_base(digits);
	u64 value = 0;
	bool overflow = false;
	u32 i = 0;

	for (; digit_of(digits[i]) < base; i++) {
		overflow |= __builtin_mul_overflow(value, u64{base}, &value);
		overflow |= __builtin_add_overflow(value, u64{digit_of(digits[i])}, &value);
	}
	if (i == 0)
		return errc::inval;
	// As in the kernel, overflow is reported even if invalid characters follow.
	if (overflow)
		return errc::range;
	if (digits[i] == '\n')
		i++;
	if (i != digits.size())
		return errc::inval;
	return value;
}

} // namespace

text_view chomp(text_view text)
{
	if (!text.empty() && text[text.size() - 1] == '\n')
		return {text.data(), text.size() - 1};
	return text;
}

result<u64> parse_u64(text_view text)
{
	return parse_digits(text[0] == '+' ? text.from(1) : text);
}

result<u32> parse_u32(text_view text)
{
	const u64 value = TRY(parse_u64(text));
	if (value > u32_max)
		return errc::range;
	return static_cast<u32>(value);
}

result<s32> parse_s32(text_view text)
{
	const bool negative = text[0] == '-';
	const u64 value = TRY(negative ? parse_digits(text.from(1)) : parse_u64(text));
	const u64 limit = u64{0x7fff'ffff} + negative;
	if (value > limit)
		return errc::range;
	return static_cast<s32>(negative ? 0 - value : value);
}

result<bool> parse_bool(text_view text)
{
	switch (text[0]) {
	case 'y': case 'Y': case 't': case 'T': case '1':
		return true;
	case 'n': case 'N': case 'f': case 'F': case '0':
		return false;
	case 'o': case 'O':
		if (text[1] == 'n' || text[1] == 'N')
			return true;
		if (text[1] == 'f' || text[1] == 'F')
			return false;
		return errc::inval;
	default:
		return errc::inval;
	}
}

result<u32> parse_keyword(text_view text, span<const char *const> keywords)
{
	const text_view wanted = chomp(text);

	for (u32 i = 0; i < keywords.size(); i++)
		if (wanted == text_view{keywords[i]})
			return i;
	return errc::inval;
}

} // namespace damon
