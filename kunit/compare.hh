// SPDX-License-Identifier: GPL-2.0
#pragma once

// How test cases compare and print values.  It does not use the library, so that a broken text
// writer cannot hide its own failure.

#include "damonxx/kapi.h"

#include <concepts>
#include <type_traits>

namespace test {

// One line of at most 255 characters; longer text is truncated.
class message {
public:
	message &put(const char *text, unsigned long size)
	{
		while (size-- > 0 && length_ < sizeof(text_) - 1)
			text_[length_++] = *text++;
		text_[length_] = '\0';
		return *this;
	}

	message &put(const char *text) { return put(text, __builtin_strlen(text)); }

	message &put_number(u64 magnitude, unsigned base)
	{
		char digits[24];
		unsigned at = sizeof(digits) - 1;

		digits[at] = '\0';
		do {
			digits[--at] = "0123456789abcdef"[magnitude % base];
			magnitude /= base;
		} while (magnitude != 0);
		return put(digits + at);
	}

	const char *c_str() const { return text_; }

private:
	char text_[256] = {};
	unsigned length_ = 0;
};

template <typename T>
concept integer = std::is_integral_v<T>;

// The value of any integer, so that mixed signs compare by value.
struct number {
	bool negative;
	u64 magnitude;

	template <integer T> static constexpr number of(T value)
	{
		const bool negative = value < T(0);
		const u64 bits = static_cast<u64>(value);

		return {negative, negative ? u64(0) - bits : bits};
	}

	constexpr bool operator==(const number &) const = default;

	constexpr bool operator<(const number &other) const
	{
		if (negative != other.negative)
			return negative;
		return negative ? magnitude > other.magnitude : magnitude < other.magnitude;
	}
};

struct equal {
	static constexpr const char *sign = " == ";

	template <typename A, typename B> static bool holds(const A &a, const B &b)
	{
		if constexpr (integer<A> && integer<B>)
			return number::of(a) == number::of(b);
		else
			return a == b;
	}
};

struct less {
	static constexpr const char *sign = " < ";

	template <typename A, typename B> static bool holds(const A &a, const B &b)
	{
		if constexpr (integer<A> && integer<B>)
			return number::of(a) < number::of(b);
		else
			return a < b;
	}
};

struct unequal {
	static constexpr const char *sign = " != ";

	template <typename A, typename B> static bool holds(const A &a, const B &b)
	{
		return !equal::holds(a, b);
	}
};

struct at_most {
	static constexpr const char *sign = " <= ";

	template <typename A, typename B> static bool holds(const A &a, const B &b)
	{
		return !less::holds(b, a);
	}
};

template <typename T>
concept characters = requires(const T &value) {
	{ value.data() } -> std::same_as<const char *>;
	value.size();
};

template <unsigned long N> void show(message &text, const char (&value)[N])
{
	text.put("\"").put(value).put("\"");
}

template <typename T> void show(message &text, const T &value)
{
	if constexpr (std::is_same_v<T, bool>) {
		text.put(value ? "true" : "false");
	} else if constexpr (characters<T>) {
		text.put("\"").put(value.data(), value.size()).put("\"");
	} else if constexpr (integer<T>) {
		const number n = number::of(value);

		text.put(n.negative ? "-" : "").put_number(n.magnitude, 10);
	} else if constexpr (std::is_enum_v<T>) {
		show(text, static_cast<std::underlying_type_t<T>>(value));
	} else if constexpr (std::is_null_pointer_v<T>) {
		text.put("null");
	} else if constexpr (std::is_pointer_v<T>) {
		text.put("0x").put_number(reinterpret_cast<unsigned long>(value), 16);
	} else if constexpr (requires { value.to_errno(); }) {
		show(text, value.to_errno());
	} else if constexpr (requires { value.start; value.end; }) {
		text.put("[0x").put_number(value.start, 16).put(", 0x");
		text.put_number(value.end, 16).put(")");
	} else {
		text.put("(object)");
	}
}

} // namespace test
