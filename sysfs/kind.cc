// SPDX-License-Identifier: GPL-2.0
#include "sysfs/kind.hh"
#include "damonxx/lib/vec.hh"

namespace damon {

namespace {

status make_files(kind &of)
{
	vec<kapi_file> files;

	TRY(files.reserve(of.cells.size()));
	for (const cell &row : of.cells)
		files.push({row.name, row.mode, row.type == cell_type::binary});
	of.files = kapi_dir_kind_make(files.begin(), files.size());
	return of.files ? ok : status{errc::nomem};
}

} // namespace

status make_kinds(kind &top)
{
	if (top.files)
		return ok;
	TRY(make_files(top));
	for (const fixed_child &child : top.children)
		TRY(make_kinds(*child.of));
	return top.numbered.of ? make_kinds(*top.numbered.of) : ok;
}

void forget_kinds(kind &top)
{
	if (!top.files)
		return;
	top.files = nullptr;
	for (const fixed_child &child : top.children)
		forget_kinds(*child.of);
	if (top.numbered.of)
		forget_kinds(*top.numbered.of);
}

} // namespace damon
