// SPDX-License-Identifier: GPL-2.0
// Notation for region tables in test cases: a row for each region, in pages.
//
//	region_table table = table_of({{0, 4, 7}, {4, 8}}, 16);		// room for 16
//
//	table.merge(10, no_limit);
//	EXPECT_EQUAL(regions_of(table), regions({{0, 8, 3}}));
#pragma once
#include "kunit/pages.hh"
#include "kunit/test.hh"

namespace test {

struct row {
	u32 from, to;
	u32 accesses = 0;

	constexpr bool operator==(const row &) const = default;
};

struct region_rows {
	static constexpr u32 most = 8;

	row rows[most] = {};
	u32 count = 0;

	constexpr bool operator==(const region_rows &) const = default;
};

inline void show(message &text, const region_rows &regions)
{
	for (u32 i = 0; i < damon::min(regions.count, region_rows::most); i++) {
		const row &r = regions.rows[i];

		text.put(i ? ", " : "").put_number(r.from, 10).put("-").put_number(r.to, 10);
		text.put(": ").put_number(r.accesses, 10);
	}
}

template <unsigned long n> region_rows regions(const row (&rows)[n])
{
	static_assert(n <= region_rows::most);
	region_rows all{.count = n};

	for (u32 i = 0; i < n; i++)
		all.rows[i] = rows[i];
	return all;
}

// The first regions of a larger table, and the number of all.
inline region_rows regions_of(const damon::region_table &table)
{
	region_rows all{.count = table.count()};

	for (u32 i = 0; i < damon::min(table.count(), region_rows::most); i++) {
		const damon::addr_range range = table.range(i);

		all.rows[i] = {static_cast<u32>(range.start / page),
			       static_cast<u32>(range.end / page), table.nr_accesses(i)};
	}
	return all;
}

// Counts @times accesses of region @i; the others are idle.
inline void hit(damon::region_table &table, u32 i, u32 times)
{
	for (u32 k = 0; k < table.count(); k++)
		table.access_checks()[k].outcome = k == i ? KAPI_ACCESSED : KAPI_IDLE;
	for (u32 k = 0; k < times; k++)
		table.count_accesses();
}

// With room for @room regions.  If allocation fails, the table is empty and the case fails.
template <unsigned long n>
damon::region_table table_of(const row (&rows)[n], u32 room = static_cast<u32>(n))
{
	damon::addr_range ranges[n];
	damon::region_table table;
	const damon::status done = table.reserve(room);

	EXPECT_OK(done);
	if (!done.is_ok())
		return table;
	for (u32 i = 0; i < n; i++)
		ranges[i] = pages(rows[i].from, rows[i].to);
	table.reset(ranges);
	for (u32 i = 0; i < n; i++)
		if (rows[i].accesses)
			hit(table, i, rows[i].accesses);
	return table;
}

} // namespace test
