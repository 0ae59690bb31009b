// SPDX-License-Identifier: GPL-2.0
#include "sysfs/kdamonds.hh"

namespace damon {

result<session_ref> hold_current(const node &dir, node &kdamond_dir)
{
	const auto tree = TRY(lock_tree(dir.closed()));
	const kdamond_data &self = kdamond_dir.attached<kdamond_data>(tree);

	return self.current ? share(self.current) : session_ref{};
}

status show_state(node &dir, text_writer &out)
{
	const auto tree = TRY(lock_tree(dir.closed()));

	out << (dir.attached<kdamond_data>(tree).runs() ? "on" : "off") << '\n';
	return ok;
}

// pid() waits while the kdamond is being stopped, so it is called without the lock of the tree.
status show_pid(node &dir, text_writer &out)
{
	const session_ref held = TRY(hold_current(dir, dir));

	out << (held ? held.get()->core->pid() : -1) << '\n';
	return ok;
}

status show_last_error(node &dir, text_writer &out)
{
	const auto tree = TRY(lock_tree(dir.closed()));
	const kdamond_data &self = dir.attached<kdamond_data>(tree);

	out << text_view{self.error_line, self.error_length} << '\n';
	return ok;
}

namespace {

status refuse_while_running(const tree_guard &tree, node &kdamonds)
{
	for (u32 i = 0; i < kdamonds.count(); i++)
		if (kdamonds.numbered(i).attached<kdamond_data>(tree).runs())
			return errc::busy;
	return ok;
}

constexpr cell kdamonds_cells[] = {
	count_cell("nr_kdamonds", "Number of kdamonds.  EBUSY while one of them runs."),
};

} // namespace

constinit kind kdamond_kind{
	.about = "A kdamond: a kernel thread, and the context that it runs.",
	.cells = kdamond_cells,
	.children = kdamond_children,
	.attached = attached<kdamond_data>::as_data,
};
constinit kind kdamonds_kind{
	.about = "All kdamonds.",
	.cells = kdamonds_cells,
	.numbered = {.of = &kdamond_kind, .most = 1'024, .may_change = refuse_while_running},
};

} // namespace damon
