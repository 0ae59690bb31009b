// SPDX-License-Identifier: GPL-2.0
#include "core/region/region_table.hh"
#include "host.hh"

#include <gtest/gtest.h>

TEST(region_table_memory, reserve_with_hits_takes_more_memory)
{
	const u64 before = host::counts().live_bytes;
	damon::region_table plain, probed;

	EXPECT_TRUE(plain.reserve(1'000).is_ok());
	EXPECT_EQ(host::counts().live_bytes - before, 1'000u * 48);
	EXPECT_TRUE(probed.reserve(1'000, true).is_ok());
	EXPECT_EQ(host::counts().live_bytes - before, 1'000u * (48 + 48 + 8));
}
