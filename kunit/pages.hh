// SPDX-License-Identifier: GPL-2.0
// Ranges in pages, for tests of region tables.
#pragma once
#include "core/region/region_table.hh"

namespace test {

inline constexpr u64 page = damon::page_bytes;
inline constexpr u64 no_limit = damon::u64_max;

constexpr damon::addr_range pages(u64 from, u64 to)
{
	return {from * page, to * page};
}

} // namespace test
