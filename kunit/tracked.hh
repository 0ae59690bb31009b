// SPDX-License-Identifier: GPL-2.0
#pragma once

// An object that counts its live instances, for tests of ownership and destruction.

#include "damonxx/lib/types.hh"

namespace test {

class tracked {
public:
	explicit tracked(int value = 0) : value_(value) { live++; }
	tracked(tracked &&other) : value_(other.value_)
	{
		other.value_ = -1;
		live++;
	}
	tracked &operator=(tracked &&other)
	{
		value_ = other.value_;
		other.value_ = -1;
		return *this;
	}
	~tracked() { live--; }

	int value() const { return value_; } // -1: moved from

	static inline int live = 0;

private:
	int value_;
};

} // namespace test
