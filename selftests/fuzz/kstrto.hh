// SPDX-License-Identifier: GPL-2.0
#pragma once

// What the kernel's kstrto functions and its keyword and boolean rules make of a text, from
// their documentation, in 128 bits.

#include "damonxx/lib/types.hh"

#include <cerrno>
#include <span>
#include <string>

namespace fuzz {

// A value, or an errno and no value.
struct parsed {
	int error = 0;
	s64 value = 0;

	bool operator==(const parsed &) const = default;
};

// Digits with the base in front, and at most one newline behind.
inline parsed parse_magnitude(const std::string &text)
{
	const std::string_view all = text;
	const bool hex = all.starts_with("0x") || all.starts_with("0X");
	const u32 base = hex ? 16 : all.starts_with('0') ? 8 : 10;
	const std::string_view known = "0123456789abcdef";
	unsigned __int128 value = 0;
	bool too_large = false;
	size_t i = hex ? 2 : 0;
	const size_t first = i;

	for (; i < all.size(); i++) {
		const char lower = 'A' <= all[i] && all[i] <= 'F'
					   ? static_cast<char>(all[i] - 'A' + 'a')
					   : all[i];
		const size_t digit = known.substr(0, base).find(lower);

		if (digit == std::string_view::npos)
			break;
		value = value * base + digit;
		too_large |= value >> 64 != 0;
		value &= ~u64{0};
	}
	if (i == first)
		return {EINVAL};
	if (too_large)
		return {ERANGE};
	if (i != all.size() && !(all[i] == '\n' && i + 1 == all.size()))
		return {EINVAL};
	return {0, static_cast<s64>(static_cast<u64>(value))};
}

// The value's bits are those of an unsigned one.
inline parsed parse_unsigned(const std::string &text, u64 largest)
{
	const parsed found = parse_magnitude(text.starts_with('+') ? text.substr(1) : text);

	return found.error == 0 && static_cast<u64>(found.value) > largest ? parsed{ERANGE} : found;
}

inline parsed parse_int(const std::string &text)
{
	if (!text.starts_with('-'))
		return parse_unsigned(text, 0x7fff'ffff);
	const parsed found = parse_magnitude(text.substr(1));
	if (found.error != 0)
		return found;
	return static_cast<u64>(found.value) > 0x8000'0000 ? parsed{ERANGE}
							   : parsed{0, -found.value};
}

inline parsed parse_boolean(const std::string &text)
{
	const std::string two = text.substr(0, 2);

	if (!two.empty() && std::string_view{"yYtT1"}.find(two[0]) != std::string_view::npos)
		return {0, 1};
	if (!two.empty() && std::string_view{"nNfF0"}.find(two[0]) != std::string_view::npos)
		return {0, 0};
	if (two == "on" || two == "oN" || two == "On" || two == "ON")
		return {0, 1};
	if (two == "of" || two == "oF" || two == "Of" || two == "OF")
		return {0, 0};
	return {EINVAL};
}

inline parsed parse_name(const std::string &text, std::span<const char *const> names)
{
	for (size_t i = 0; i < names.size(); i++)
		if (text == names[i] || text == std::string(names[i]) + "\n")
			return {0, static_cast<s64>(i)};
	return {EINVAL};
}

} // namespace fuzz
