// SPDX-License-Identifier: GPL-2.0
// Prints what scripts/abi needs to know, as JSON: all kinds of files and directories of the sysfs tree, and
// the parameters of all modules.  Built by selftests/host/Makefile, with the world that the tree needs.
#include "sysfs/root.hh"

#include <stdio.h>

#ifndef DAMONXX_DESCRIPTIONS
#error "built without descriptions"
#endif

namespace {

using damon::cell;
using damon::cell_type;
using damon::kind;

// ---- JSON

void print_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

void print_member(const char *name, const char *text)
{
	printf(", \"%s\": ", name);
	print_string(text);
}

void print_member(const char *name, u64 value)
{
	printf(", \"%s\": %llu", name, value);
}

// Rows of a list; each begins with its name.
class rows {
public:
	explicit rows(const char *name) { printf("%s\"%s\": [", separator_, name); }
	~rows()
	{
		printf("]");
		separator_ = ",\n";
	}

	void begin(const char *name)
	{
		printf("%s\n{\"name\": ", first_ ? "" : ",");
		print_string(name);
		first_ = false;
	}
	void end() { printf("}"); }

private:
	static inline const char *separator_ = "";
	bool first_ = true;
};

// ---- the sysfs tree

const char *name_of(cell_type type)
{
	constexpr const char *names[] = {"unsigned long", "unsigned int", "integer",  "boolean", "keyword",
					 "text",	  "count",	  "computed", "binary"};

	return names[static_cast<unsigned>(type)];
}

void print_default(const cell &row)
{
	char number[32];

	snprintf(number, sizeof(number), "%llu", row.initial);
	switch (row.type) {
	case cell_type::unsigned_long:
	case cell_type::unsigned_int:
		return print_member("default", number);
	case cell_type::integer:
		snprintf(number, sizeof(number), "%d", static_cast<s32>(row.initial));
		return print_member("default", number);
	case cell_type::boolean:
		return print_member("default", row.initial ? "Y" : "N");
	case cell_type::keyword:
		return print_member("default", row.keywords[static_cast<u32>(row.initial)]);
	case cell_type::text:
		return print_member("default", "empty");
	case cell_type::count:
		return print_member("default", "0");
	default:
		return;
	}
}

// A path's end.
struct step {
	const step *above;
	const char *name;

	void print() const
	{
		if (above)
			above->print();
		printf("/%s", name);
	}
};

void print_place(rows &out, const step &at, const char *name)
{
	out.begin(name);
	printf(", \"directory\": \"");
	at.print();
	printf("\"");
}

void print_cells(rows &out, const kind &of, const step &at)
{
	for (const cell &row : of.cells) {
		print_place(out, at, row.name);
		// One row may be in several directories.
		print_member("row", u64{reinterpret_cast<unsigned long>(&row)});
		print_member("mode", u64{row.mode});
		print_member("type", name_of(row.type));
		print_default(row);
		if (row.type == cell_type::count)
			print_member("most", u64{of.numbered.most});
		print_member("about", row.about.text());
		printf(", \"keywords\": [");
		for (const char *const &word : row.keywords) {
			printf("%s", &word == row.keywords.begin() ? "" : ", ");
			print_string(word);
		}
		printf("]");
		out.end();
	}
}

// Files, or directories, of @of and of all below it.
void walk(rows &out, const kind &of, const step &at, bool directories)
{
	if (!directories) {
		print_cells(out, of, at);
	} else {
		print_place(out, at, "");
		print_member("row", u64{reinterpret_cast<unsigned long>(&of)});
		print_member("about", of.about.text());
		out.end();
	}
	for (const damon::fixed_child &child : of.children)
		walk(out, *child.of, {&at, child.name}, directories);
	if (of.numbered.of)
		walk(out, *of.numbered.of, {&at, "*"}, directories);
}

// ---- parameters of modules

void print_parameter(rows &out, const char *name, unsigned mode, const char *initial, const char *unit,
		     const char *range, const char *about)
{
	out.begin(name);
	print_member("mode", u64{mode});
	print_member("default", initial);
	print_member("unit", unit);
	print_member("range", range);
	print_member("about", about);
	out.end();
}

#define PARAMETER_BOOL(name, initial, text) print_parameter(out, #name, 0600, #initial, "", "Y or N", text);
#define PARAMETER_NUMBER(name, initial, range, unit, text) \
	print_parameter(out, #name, 0600, #initial, unit, range, text);
#define PARAMETER_NUMBER_FROM(name, initial, least, unit, text) \
	PARAMETER_NUMBER(name, initial, #least " or more", unit, text)
#define PARAMETER_NUMBER_WITHIN(name, initial, least, most, unit, text) \
	PARAMETER_NUMBER(name, initial, #least " to " #most, unit, text)
#define PARAMETER_NODE(name, initial, text) PARAMETER_NUMBER(name, initial, "-1 or more", "node ID", text)
#define PARAMETER_RESULT(name, unit, text) print_parameter(out, #name, 0400, "", unit, "", text);

void print_reclaim(rows out)
{
#include "modules/reclaim_parameters.h"
}

void print_lru_sort(rows out)
{
#include "modules/lru_sort_parameters.h"
}

void print_stat(rows out)
{
#include "modules/stat_parameters.h"
}

void print_tier(rows out)
{
#include "modules/tier_parameters.h"
}

} // namespace

int main()
{
	constexpr step top{nullptr, "sys/kernel/mm/damonxx"};

	printf("{");
	{
		rows files{"files"};
		walk(files, damon::root_kind, top, false);
	}
	{
		rows directories{"directories"};
		walk(directories, damon::root_kind, top, true);
	}
	print_reclaim(rows{"reclaim"});
	print_lru_sort(rows{"lru_sort"});
	print_stat(rows{"stat"});
	print_tier(rows{"tier"});
	printf("}\n");
	return fflush(stdout) || ferror(stdout);
}
