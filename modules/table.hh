// SPDX-License-Identifier: GPL-2.0
// Rows of parameter tables in C++.
#pragma once
#include "damonxx/lib/math.hh"
#include "modules/module.h"

namespace damon {

// A parameter in a table of modules/*_parameters.h.
struct table_row {
	const char *name;
	u64 initial = 0;
	u64 least = 0;
	u64 most = u64_max;
};

enum class bool_initial : u64 { N, Y };

// In C++, a table is included inside a struct: each row becomes a constant named after its
// parameter.  The texts are only for modinfo and Documentation.
#define PARAMETER_BOOL(name, initial, text) \
	static constexpr table_row name{#name, static_cast<u64>(bool_initial::initial)};
#define PARAMETER_NUMBER(name, initial, range, unit, text) \
	static constexpr table_row name{#name, initial};
#define PARAMETER_NUMBER_FROM(name, initial, least, unit, text) \
	static constexpr table_row name{#name, initial, least};
#define PARAMETER_NUMBER_WITHIN(name, initial, least, most, unit, text) \
	static constexpr table_row name{#name, initial, least, most};
#define PARAMETER_NODE(name, initial, text) \
	static constexpr table_row name{#name, static_cast<u64>(initial)};
#define PARAMETER_RESULT(name, unit, text) static constexpr table_row name{#name};

constexpr damonxx_parameter of_type(const table_row &of, damonxx_parameter_type type)
{
	damonxx_parameter row{};

	row.name = of.name;
	row.type = static_cast<u32>(type);
	return row;
}

constexpr damonxx_parameter number(const table_row &of, u64 &value)
{
	damonxx_parameter row = of_type(of, DAMONXX_PARAMETER_NUMBER);

	row.value = &value;
	row.least = of.least;
	row.most = of.most;
	return row;
}

constexpr damonxx_parameter boolean(const table_row &of, u64 &value)
{
	damonxx_parameter row = of_type(of, DAMONXX_PARAMETER_BOOL);

	row.value = &value;
	return row;
}

constexpr damonxx_parameter node(const table_row &of, u64 &value)
{
	damonxx_parameter row = of_type(of, DAMONXX_PARAMETER_NODE);

	row.value = &value;
	return row;
}

constexpr damonxx_parameter counter(const table_row &of, u32 scheme, u64 offset)
{
	damonxx_parameter row = of_type(of, DAMONXX_PARAMETER_COUNTER);

	row.scheme = scheme;
	row.offset = static_cast<u32>(offset);
	return row;
}

constexpr damonxx_parameter bytes_counter(const table_row &of, u32 scheme, u64 offset)
{
	damonxx_parameter row = counter(of, scheme, offset);

	row.is_size = true;
	return row;
}

constexpr damonxx_parameter results(const table_row &of, u32 (*results)(damonxx_context *, s64 *))
{
	damonxx_parameter row = of_type(of, DAMONXX_PARAMETER_RESULTS);

	row.results = results;
	return row;
}

constexpr damonxx_parameter text(const table_row &of, void (*text)(char *, u32))
{
	damonxx_parameter row = of_type(of, DAMONXX_PARAMETER_TEXT);

	row.text = text;
	return row;
}

// @row, summed up over its scheme and each @every-th one after it.
constexpr damonxx_parameter summed(damonxx_parameter row, u32 every)
{
	row.every = every;
	return row;
}

#define STATS_MEMBER(member) __builtin_offsetof(damonxx_scheme_stats, member)

template <u32 count>
struct parameter_rows {
	damonxx_parameter row[count];
};

template <typename... Row>
constexpr parameter_rows<sizeof...(Row)> rows(const Row &...row)
{
	return {{row...}};
}

// Joins several tables into one.
template <u32... counts>
constexpr parameter_rows<(counts + ...)> join(const parameter_rows<counts> &...parts)
{
	parameter_rows<(counts + ...)> all{};
	u32 at = 0;
	const auto append = [&](const auto &part) {
		for (const damonxx_parameter &row : part.row)
			all.row[at++] = row;
	};

	(append(parts), ...);
	return all;
}

// Conflict with other modules, see struct damonxx_module.
struct conflict {
	u32 kind = 0;
	u32 conflicts_with = 0;
	const char *words = nullptr;
};

// The initial state of a module, before it is loaded.
template <u32 count>
constexpr damonxx_module
make_module(const char *name, const char *thread_name, const parameter_rows<count> &parameters,
	    decltype(damonxx_module::configure) configure, const conflict &with = {},
	    decltype(damonxx_module::prepare) prepare = nullptr)
{
	damonxx_module made{};

	made.name = name;
	made.thread_name = thread_name;
	made.parameters = parameters.row;
	made.nr_parameters = count;
	made.kind = with.kind;
	made.conflicts_with = with.conflicts_with;
	made.conflict = with.words;
	made.prepare = prepare;
	made.configure = configure;
	made.unit_bytes = 1;
	return made;
}

} // namespace damon
