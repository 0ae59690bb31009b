// SPDX-License-Identifier: GPL-2.0
// A non-owning view of an array.
#pragma once
#include "damonxx/lib/assert.hh"
#include "damonxx/lib/types.hh"

namespace damon {

template <typename T> class span {
public:
	constexpr span() = default;
	constexpr span(T *data, u32 size) : data_{data}, size_{size} {}
	template <u32 N> constexpr span(T (&array)[N]) : data_{array}, size_{N} {}
	// span<T> to span<const T>
	template <typename U>
		requires std::is_same_v<const U, T>
	constexpr span(span<U> other) : data_{other.data()}, size_{other.size()}
	{
	}

	constexpr T *data() const { return data_; }
	constexpr u32 size() const { return size_; }
	constexpr bool empty() const { return size_ == 0; }
	constexpr T *begin() const { return data_; }
	constexpr T *end() const { return data_ + size_; }
	constexpr T &operator[](u32 index) const { return data_[checked_index(index, size_)]; }

	constexpr span first(u32 count) const { return {data_, count < size_ ? count : size_}; }
	constexpr span from(u32 index) const
	{
		return index < size_ ? span{data_ + index, size_ - index} : span{};
	}

private:
	T *data_ = nullptr;
	u32 size_ = 0;
};

} // namespace damon
