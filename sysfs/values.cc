// SPDX-License-Identifier: GPL-2.0
#include "sysfs/values.hh"
#include "damonxx/abi.h"

namespace damon {

namespace {

// A text and its newline must fit into the one page of a read.
constexpr u32 longest_text = page_bytes - 2;

result<u64> parse_value(const cell &row, text_view written)
{
	switch (row.type) {
	case cell_type::unsigned_long:
		return TRY(parse_u64(written));
	case cell_type::unsigned_int:
		return u64{TRY(parse_u32(written))};
	case cell_type::integer:
		return u64{static_cast<u32>(TRY(parse_s32(written)))};
	case cell_type::boolean:
		return u64{TRY(parse_bool(written))};
	case cell_type::keyword:
		return u64{TRY(parse_keyword(written, row.keywords))};
	default:
		return errc::inval;
	}
}

void show_value(const cell &row, u64 value, text_writer &out)
{
	switch (row.type) {
	case cell_type::integer:
		out << static_cast<s32>(static_cast<u32>(value));
		break;
	case cell_type::boolean:
		out << (value != 0);
		break;
	case cell_type::keyword:
		out << row.keywords[static_cast<u32>(value)];
		break;
	default:
		out << value;
	}
	out << '\n';
}

status show_text(node &dir, u32 number, text_writer &out)
{
	const auto tree = TRY(lock_tree(dir.closed()));

	out << dir.text(tree, number) << '\n';
	return ok;
}

status store_text(node &dir, u32 number, text_view written)
{
	if (written.size() > longest_text)
		return errc::inval;
	const auto tree = TRY(lock_tree(dir.closed()));
	return dir.set_text(tree, number, written);
}

void log_too_many(const cell &row, s32 wanted, u32 most)
{
	char line[96];

	text_writer{line, sizeof(line)} << row.name << ": " << wanted << " is above " << most;
	kapi_log(KAPI_LOG_WARN, line);
}

status store_recorded(node &dir, u32 number, u64 value)
{
	const auto tree = TRY(lock_tree(dir.closed()));

	dir.of().cells[number].written(tree, dir);
	dir.set(number, value);
	return ok;
}

status store_count(node &dir, const cell &row, text_view written)
{
	const s32 wanted = TRY(parse_s32(written));
	const u32 most = dir.of().numbered.most;

	if (wanted < 0)
		return errc::inval;
	if (static_cast<u32>(wanted) > most) {
		log_too_many(row, wanted, most);
		return errc::inval;
	}
	const auto tree = TRY(lock_tree(dir.closed()));
	return dir.set_count(tree, static_cast<u32>(wanted));
}

} // namespace

status show_cell(node &dir, u32 number, text_writer &out)
{
	const cell &row = dir.of().cells[number];

	if (row.type == cell_type::computed)
		return row.show(dir, out);
	if (row.type == cell_type::text)
		return show_text(dir, number, out);
	if (row.type == cell_type::binary)
		return errc::inval;
	if (row.refresh)
		TRY(row.refresh(dir));
	show_value(row, dir.value(number), out);
	return ok;
}

status read_cell(node &dir, u32 number, bytes &out)
{
	const cell &row = dir.of().cells[number];

	if (row.type != cell_type::binary)
		return errc::inval;
	return row.read(dir, out);
}

status store_cell(node &dir, u32 number, text_view written)
{
	const cell &row = dir.of().cells[number];

	if (!(row.mode & 0200))
		return errc::inval;
	if (row.type == cell_type::computed)
		return row.store(dir, written);
	if (row.type == cell_type::text)
		return store_text(dir, number, written);
	if (row.type == cell_type::count)
		return store_count(dir, row, written);

	const auto value = parse_value(row, written);
	if (!value.is_ok())
		return row.einval_only ? status{errc::inval} : value.error();
	if (row.nonzero && !value.take())
		return errc::inval;
	if (row.accepts && !row.accepts(dir, value.take()))
		return errc::inval;
	if (row.written)
		return store_recorded(dir, number, value.take());
	dir.set(number, value.take());
	return ok;
}

} // namespace damon

// SAFETY, for all three: @owner is what node::make() gave to kapi_dir_add(), and the directory
// outlives the handler.  A page fits into a u32.
long damonxx_file_show(void *owner, u32 file, char *buf, unsigned long size)
{
	damon::text_writer out{buf, static_cast<u32>(size)};
	const auto shown = damon::show_cell(*static_cast<damon::node *>(owner), file, out);

	return shown.is_ok() ? static_cast<long>(out.size()) : shown.to_errno();
}

long damonxx_file_read(void *owner, u32 file, void **memory, unsigned long *room)
{
	damon::bytes content{*memory, *room};
	const auto read = damon::read_cell(*static_cast<damon::node *>(owner), file, content);

	*room = content.room();
	*memory = content.release();
	return read.is_ok() ? static_cast<long>(content.size()) : read.to_errno();
}

long damonxx_file_store(void *owner, u32 file, const char *buf, unsigned long size)
{
	// As for the kernel's own files, a NUL ends the text.
	const auto length = static_cast<u32>(__builtin_strlen(buf));
	const auto stored =
		damon::store_cell(*static_cast<damon::node *>(owner), file, {buf, length});

	return stored.is_ok() ? static_cast<long>(size) : stored.to_errno();
}
