// SPDX-License-Identifier: GPL-2.0
#pragma once

namespace damon {

// A range of values, inclusive at both ends.
template <typename T> struct bounds {
	T min = 0;
	T max = 0;

	constexpr bool has(T value) const { return min <= value && value <= max; }
	bool operator==(const bounds &) const = default;
};

} // namespace damon
