// SPDX-License-Identifier: GPL-2.0
// A growing array.  Growth may fail with nomem and then leaves the array unchanged.
#pragma once
#include "damonxx/lib/result.hh"
#include "damonxx/lib/span.hh"

namespace damon {

template <typename T> class vec {
public:
	vec() = default;
	vec(vec &&other) { swap(other); }
	vec &operator=(vec &&other)
	{
		vec old{move(*this)};
		swap(other);
		return *this;
	}
	~vec()
	{
		clear();
		kapi_free(data_);
	}

	// The only function that allocates.
	status reserve(u32 capacity)
	{
		if (capacity <= capacity_)
			return ok;
		auto *fresh = static_cast<T *>(kapi_alloc(sizeof(T) * u64{capacity}));
		if (!fresh)
			return errc::nomem;
		for (u32 i = 0; i < size_; i++) {
			new (&fresh[i]) T(move(data_[i]));
			data_[i].~T();
		}
		kapi_free(std::exchange(data_, fresh));
		capacity_ = capacity;
		return ok;
	}
	// Cannot fail; the caller must have reserved room.
	void push(T value)
	{
		if (DAMON_CHECK(size_ < capacity_))
			new (&data_[size_++]) T(move(value));
	}
	// As push(), with a value-initialised element constructed in place.
	void push_new()
	{
		if (DAMON_CHECK(size_ < capacity_))
			new (&data_[size_++]) T{};
	}
	status try_push(T value)
	{
		if (size_ == capacity_)
			TRY(reserve(capacity_ ? 2 * capacity_ : 8));
		push(move(value));
		return ok;
	}
	// New elements are value-initialised.
	status resize(u32 size)
	{
		TRY(reserve(size));
		while (size_ < size)
			push_new();
		truncate(size);
		return ok;
	}
	void pop() { truncate(size_ ? size_ - 1 : 0); }
	void truncate(u32 size)
	{
		while (size_ > size)
			data_[--size_].~T();
	}
	void clear() { truncate(0); }
	void swap(vec &other)
	{
		std::swap(data_, other.data_);
		std::swap(size_, other.size_);
		std::swap(capacity_, other.capacity_);
	}

	u32 size() const { return size_; }
	u32 capacity() const { return capacity_; }
	bool empty() const { return size_ == 0; }
	span<T> all() { return {data_, size_}; }
	span<const T> all() const { return {data_, size_}; }
	T &operator[](u32 index) { return data_[checked_index(index, size_)]; }
	const T &operator[](u32 index) const { return data_[checked_index(index, size_)]; }
	T &back() { return (*this)[size_ - 1]; }
	T *begin() { return data_; }
	T *end() { return data_ + size_; }
	const T *begin() const { return data_; }
	const T *end() const { return data_ + size_; }

private:
	T *data_ = nullptr;
	u32 size_ = 0;
	u32 capacity_ = 0;
};

} // namespace damon
