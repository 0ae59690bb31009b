// SPDX-License-Identifier: GPL-2.0
// How modules write their tables of parameters.
#pragma once
#include "damonxx/math.hh"
#include "modules/special.h"

namespace damon {

constexpr damonxx_parameter number(const char *name, u64 &value, u64 least = 0, u64 most = u64_max)
{
	return {.name = name, .type = DAMONXX_PARAMETER_NUMBER, .value = &value, .least = least,
		.most = most, .scheme = 0, .every = 0, .offset = 0, .is_size = false,
		.results = nullptr, .text = nullptr};
}

constexpr damonxx_parameter boolean(const char *name, u64 &value)
{
	return {.name = name, .type = DAMONXX_PARAMETER_BOOL, .value = &value, .least = 0,
		.most = 1, .scheme = 0, .every = 0, .offset = 0, .is_size = false,
		.results = nullptr, .text = nullptr};
}

constexpr damonxx_parameter of_type(const char *name, damonxx_parameter_type type)
{
	return {.name = name, .type = static_cast<u32>(type), .value = nullptr, .least = 0,
		.most = 0, .scheme = 0, .every = 0, .offset = 0, .is_size = false,
		.results = nullptr, .text = nullptr};
}

constexpr damonxx_parameter node(const char *name, u64 &value)
{
	damonxx_parameter row = of_type(name, DAMONXX_PARAMETER_NODE);

	row.value = &value;
	return row;
}

constexpr damonxx_parameter counter(const char *name, u32 scheme, u64 offset)
{
	damonxx_parameter row = of_type(name, DAMONXX_PARAMETER_COUNTER);

	row.scheme = scheme;
	row.offset = static_cast<u32>(offset);
	return row;
}

constexpr damonxx_parameter bytes_counter(const char *name, u32 scheme, u64 offset)
{
	damonxx_parameter row = counter(name, scheme, offset);

	row.is_size = true;
	return row;
}

constexpr damonxx_parameter results(const char *name, u32 (*results)(damonxx_context *, s64 *))
{
	damonxx_parameter row = of_type(name, DAMONXX_PARAMETER_RESULTS);

	row.results = results;
	return row;
}

constexpr damonxx_parameter text(const char *name, void (*text)(char *, u32))
{
	damonxx_parameter row = of_type(name, DAMONXX_PARAMETER_TEXT);

	row.text = text;
	return row;
}

// @row, summed up over its scheme and each one @every behind it.
constexpr damonxx_parameter summed(damonxx_parameter row, u32 every)
{
	row.every = every;
	return row;
}

#define STATS_MEMBER(member) __builtin_offsetof(damonxx_scheme_stats, member)

} // namespace damon
