// SPDX-License-Identifier: GPL-2.0
// Parsing by the rules of the kernel's kstrto*(), and a writer to a fixed buffer.
#pragma once
#include "damonxx/lib/result.hh"
#include "damonxx/lib/span.hh"

namespace damon {

// A non-owning view of characters; not necessarily NUL-terminated.
class text_view {
public:
	constexpr text_view() = default;
	constexpr text_view(const char *data, u32 size) : data_{data}, size_{size} {}
	constexpr text_view(const char *literal)
		: data_{literal}, size_{static_cast<u32>(__builtin_strlen(literal))}
	{
	}

	constexpr const char *data() const { return data_; }
	constexpr u32 size() const { return size_; }
	constexpr bool empty() const { return size_ == 0; }
	constexpr char operator[](u32 index) const { return index < size_ ? data_[index] : '\0'; }
	constexpr text_view from(u32 index) const
	{
		return index < size_ ? text_view{data_ + index, size_ - index} : text_view{};
	}
	constexpr bool operator==(const text_view &other) const
	{
		return size_ == other.size_ && __builtin_memcmp(data_, other.data_, size_) == 0;
	}

private:
	const char *data_ = "";
	u32 size_ = 0;
};

// @text without one trailing newline.
text_view chomp(text_view text);

// Base by prefix (0x hex, 0 octal, else decimal); an optional + and one trailing newline are
// allowed.  inval: not a number; range: does not fit the type.
result<u64> parse_u64(text_view text);
result<u32> parse_u32(text_view text);
// The same with an optional -.
result<s32> parse_s32(text_view text);
// By the first character: y, t and 1 are true, n, f and 0 false; "on" and "off" by the second.
// Case is ignored.  inval: none of these.
result<bool> parse_bool(text_view text);
// The index of the keyword that equals @text without one trailing newline; inval: none.
result<u32> parse_keyword(text_view text, span<const char *const> keywords);

// Appends to a buffer of fixed size; truncates, and keeps the text NUL-terminated.  Header-only,
// for modules that cannot call the functions of damonxx that are not exported.
class text_writer {
public:
	text_writer(char *buffer, u32 size) : buffer_{buffer}, room_{size ? size - 1 : 0}
	{
		if (size)
			buffer_[0] = '\0';
	}

	text_writer &operator<<(text_view text);
	text_writer &operator<<(const char *text) { return *this << text_view{text}; }
	text_writer &operator<<(char c) { return *this << text_view{&c, 1}; }
	text_writer &operator<<(bool value) { return *this << (value ? 'Y' : 'N'); }
	template <typename Integer>
		requires std::is_integral_v<Integer>
	text_writer &operator<<(Integer value)
	{
		if constexpr (std::is_signed_v<Integer>)
			return number(value < 0 ? 0 - static_cast<u64>(value)
						: static_cast<u64>(value),
				      value < 0);
		else
			return number(value, false);
	}

	u32 size() const { return size_; }
	text_view view() const { return {buffer_, size_}; }

private:
	text_writer &number(u64 magnitude, bool negative);

	char *buffer_;
	u32 room_;
	u32 size_ = 0;
};

inline text_writer &text_writer::operator<<(text_view text)
{
	const u32 left = room_ - size_;
	const u32 fits = text.size() < left ? text.size() : left;

	if (fits) {
		__builtin_memcpy(buffer_ + size_, text.data(), fits);
		size_ += fits;
		buffer_[size_] = '\0';
	}
	return *this;
}

inline text_writer &text_writer::number(u64 magnitude, bool negative)
{
	char digits[21];	// 20 digits of 2^64 - 1 and a sign
	u32 at = sizeof(digits);

	do {
		digits[--at] = static_cast<char>('0' + magnitude % 10);
		magnitude /= 10;
	} while (magnitude);
	if (negative)
		digits[--at] = '-';
	return *this << text_view{digits + at, static_cast<u32>(sizeof(digits)) - at};
}

} // namespace damon
