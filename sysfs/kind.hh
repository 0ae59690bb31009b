// SPDX-License-Identifier: GPL-2.0
// Directories as data: a kind is a table of the files and directories that every directory
// of that kind has.  A new file is a row of its kind's cells; values.cc reads and writes it.
#pragma once
#include "damonxx/lib/bytes.hh"
#include "damonxx/lib/text.hh"
#include "sysfs/description.hh"

namespace damon {

class node;
class tree_guard;
struct kind;

enum class cell_type : u8 {
	unsigned_long, // u64
	unsigned_int,  // u32
	integer,       // s32
	boolean,       // Y or N
	keyword,       // one of a list
	text,	       // as written
	count,	       // nr_*: how many numbered children
	computed,      // by the functions show and store
	binary,	       // binary, of any length, by the function read
};

struct cell {
	const char *name;
	description about;
	u16 mode;
	cell_type type;
	bool einval_only = false; // EINVAL for every parse error
	bool nonzero = false;	  // 0 is refused
	u64 initial = 0;	  // a keyword's index, an integer's bits
	span<const char *const> keywords{};

	// Whether the directory accepts a valid value; null: it accepts all.
	bool (*accepts)(const node &, u64) = nullptr;
	// Called before a stored value is shown; the tree is not locked.
	status (*refresh)(node &) = nullptr;
	// Called when a user writes a value, just before it changes.
	void (*written)(const tree_guard &, node &) = nullptr;
	// Computed cells only.  The tree is not locked.
	status (*show)(node &, text_writer &) = nullptr;
	status (*store)(node &, text_view) = nullptr;

	// Binary cells only.  The tree is not locked.
	status (*read)(node &, bytes &) = nullptr;
};

// The rows.

constexpr cell ulong_cell(const char *name, description about, u64 initial = 0)
{
	return {.name = name,
		.about = about,
		.mode = 0600,
		.type = cell_type::unsigned_long,
		.initial = initial};
}
constexpr cell uint_cell(const char *name, description about, u32 initial = 0)
{
	return {.name = name,
		.about = about,
		.mode = 0600,
		.type = cell_type::unsigned_int,
		.initial = initial};
}
constexpr cell int_cell(const char *name, description about, s32 initial = 0)
{
	return {.name = name,
		.about = about,
		.mode = 0600,
		.type = cell_type::integer,
		.initial = static_cast<u32>(initial)};
}
constexpr cell bool_cell(const char *name, description about, bool initial = false)
{
	return {.name = name,
		.about = about,
		.mode = 0600,
		.type = cell_type::boolean,
		.initial = initial};
}
// @initial: index of the default in @keywords.
constexpr cell keyword_cell(const char *name, description about,
			    span<const char *const> keywords, u32 initial = 0)
{
	return {.name = name,
		.about = about,
		.mode = 0600,
		.type = cell_type::keyword,
		.initial = initial,
		.keywords = keywords};
}
// Empty by default.
constexpr cell text_cell(const char *name, description about)
{
	return {.name = name, .about = about, .mode = 0600, .type = cell_type::text};
}
constexpr cell count_cell(const char *name, description about)
{
	return {.name = name, .about = about, .mode = 0600, .type = cell_type::count};
}
// @show writes the whole content, @store gets the whole text of a write.
constexpr cell computed_cell(const char *name, description about,
			     status (*show)(node &, text_writer &),
			     status (*store)(node &, text_view))
{
	return {.name = name,
		.about = about,
		.mode = 0600,
		.type = cell_type::computed,
		.show = show,
		.store = store};
}
constexpr cell computed_cell(const char *name, description about,
			     status (*show)(node &, text_writer &))
{
	return {.name = name,
		.about = about,
		.mode = 0400,
		.type = cell_type::computed,
		.show = show};
}

// @read makes the whole content, as of now; it must leave part of the room unused.
constexpr cell binary_cell(const char *name, description about, status (*read)(node &, bytes &))
{
	return {.name = name,
		.about = about,
		.mode = 0400,
		.type = cell_type::binary,
		.read = read};
}

// Changes to a row.

constexpr cell read_only(cell row)
{
	row.mode = 0400;
	return row;
}
constexpr cell einval_only(cell row)
{
	row.einval_only = true;
	return row;
}

constexpr cell nonzero(cell row)
{
	row.nonzero = true;
	return row;
}

constexpr cell only_if(cell row, bool (*accepts)(const node &, u64))
{
	row.accepts = accepts;
	return row;
}

// @refresh updates the value before each read.
constexpr cell live(cell row, status (*refresh)(node &))
{
	row.refresh = refresh;
	return row;
}
constexpr cell noted(cell row, void (*written)(const tree_guard &, node &))
{
	row.written = written;
	return row;
}

// A directory that always exists, or on demand: from add_child() to remove_child().
struct fixed_child {
	const char *name;
	kind *of;
	bool on_demand = false;
};

// Directories 0, 1, ..., as many as the count file says.
struct numbered_children {
	kind *of = nullptr;			// null: there are no such children
	u32 most = 65'536;			// maximum that the count file accepts
	status (*may_change)(const tree_guard &,
			     node &) = nullptr; // before the count file is written
};

// An object of a type unknown to the tree, one in every node of the kind.
struct attachment {
	u32 bytes = 0;
	void (*construct)(void *at) = nullptr;
	void (*destroy)(void *object) = nullptr;
};

template <typename T> struct attached {
	static_assert(alignof(T) <= alignof(u64));

	static void construct(void *at) { new (at) T; }
	static void destroy(void *object) { static_cast<T *>(object)->~T(); }
	static constexpr attachment as_data{sizeof(T), construct, destroy};
};

struct kind {
	description about;
	span<const cell> cells{};
	span<const fixed_child> children{};
	numbered_children numbered{};
	attachment attached{};

	// Set by make_kinds(); all other members are constant.
	kapi_dir_kind *files = nullptr;
};

// Registers the files of @top and of all kinds below it.  nomem: some kinds may be registered.  In
// any case the caller must undo it with kapi_dir_kinds_free() and then forget_kinds().
status make_kinds(kind &top);
void forget_kinds(kind &top);

// Never defined: a call is a compile-time error, for a name that is not in its table.
u32 no_such_row();

// Number of the row @name in its table, at compile time.
template <u32 N> consteval u32 cell_of(const cell (&cells)[N], text_view name)
{
	for (u32 i = 0; i < N; i++)
		if (text_view{cells[i].name} == name)
			return i;
	return no_such_row();
}
template <u32 N> consteval u32 child_of(const fixed_child (&children)[N], text_view name)
{
	for (u32 i = 0; i < N; i++)
		if (text_view{children[i].name} == name)
			return i;
	return no_such_row();
}

} // namespace damon
