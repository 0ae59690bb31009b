// SPDX-License-Identifier: GPL-2.0
// Error handling by return value: status, result<T> and TRY, based on errno.
#pragma once
#include <new>
#include "damonxx/lib/assert.hh"
#include "damonxx/lib/types.hh"

namespace damon {

enum class errc : int {
	perm = KAPI_EPERM,
	noent = KAPI_ENOENT,
	srch = KAPI_ESRCH,
	intr = KAPI_EINTR,
	again = KAPI_EAGAIN,
	nomem = KAPI_ENOMEM,
	busy = KAPI_EBUSY,
	nodev = KAPI_ENODEV,
	inval = KAPI_EINVAL,
	range = KAPI_ERANGE,
	opnotsupp = KAPI_EOPNOTSUPP,
	canceled = KAPI_ECANCELED,
};

class [[nodiscard]] status {
public:
	constexpr status() = default;
	constexpr status(errc error) : rc_{-static_cast<int>(error)} {}

	// @rc is 0 or a negative errno.
	static constexpr status from_errno(int rc)
	{
		DAMON_ASSERT(rc <= 0);
		status s;
		s.rc_ = rc < 0 ? rc : 0;
		return s;
	}

	constexpr bool is_ok() const { return rc_ == 0; }
	constexpr bool is(errc error) const { return rc_ == -static_cast<int>(error); }
	constexpr int to_errno() const { return rc_; }

	// For TRY.
	constexpr status error() const { return *this; }
	constexpr void take() const {}

private:
	int rc_ = 0;
};

inline constexpr status ok{};

// A value or an errno.  A result owns its value, so T is not a reference.
template <typename T> class [[nodiscard]] result {
	static_assert(!std::is_reference_v<T>);

public:
	result(T value) : value_{move(value)} {}
	result(errc error) : failed_{error} {}
	result(status failed) : failed_{failed} { DAMON_ASSERT(!failed.is_ok()); }
	result(result &&other) : failed_{other.failed_}
	{
		if (is_ok())
			new (&value_) T(move(other.value_));
	}
	result &operator=(result &&) = delete;
	~result()
	{
		if (is_ok())
			value_.~T();
	}

	bool is_ok() const { return failed_.is_ok(); }
	status error() const { return failed_; }
	T take() &&
	{
		DAMON_ASSERT(is_ok());
		return move(value_);
	}

private:
	union {
		T value_;
	};
	status failed_;
};

// Trivially destructible, so that it is returned in registers.
template <typename T>
	requires std::is_trivially_copyable_v<T>
class [[nodiscard]] result<T> {
	static_assert(!std::is_reference_v<T>);

public:
	constexpr result(T value) : value_{value} {}
	constexpr result(errc error) : failed_{error} {}
	constexpr result(status failed) : failed_{failed} { DAMON_ASSERT(!failed.is_ok()); }

	constexpr bool is_ok() const { return failed_.is_ok(); }
	constexpr status error() const { return failed_; }
	constexpr T take() const
	{
		DAMON_ASSERT(is_ok());
		return value_;
	}

private:
	T value_{};
	status failed_;
};

#define DAMON_SILENCE_SHADOW(...)                              \
	_Pragma("GCC diagnostic push")                         \
	_Pragma("GCC diagnostic ignored \"-Wshadow\"")         \
	__VA_ARGS__                                            \
	_Pragma("GCC diagnostic pop")

// Evaluates to the value of a result, or returns its error from the enclosing function.
#define TRY(...)                                                                     \
	({                                                                           \
		DAMON_SILENCE_SHADOW(auto &&damon_try_ = (__VA_ARGS__);)             \
		if (!damon_try_.is_ok()) [[unlikely]]                                \
			return damon_try_.error();                                   \
		static_cast<decltype(damon_try_) &&>(damon_try_).take();             \
	})

} // namespace damon
