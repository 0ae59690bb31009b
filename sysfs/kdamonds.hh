// SPDX-License-Identifier: GPL-2.0
// admin/kdamonds: the kdamonds, and commands for them.
#pragma once
#include "sysfs/commands.hh"
#include "sysfs/contexts.hh"
#include "sysfs/session.hh"

namespace damon {

// Data of a kdamond's directory.
struct kdamond_data {
	session_ref current; // empty: never started
	char error_line[256] = {};
	u32 error_length = 0;

	bool runs() const { return current && current.get()->core->running(); }
};

// A reference to the current session, or an empty one if the kdamond was never started.  @dir: the
// directory of the file whose handler calls.  nodev: @dir was removed; intr.
result<session_ref> hold_current(const node &dir, node &kdamond_dir);

status show_state(node &dir, text_writer &out);
status show_pid(node &dir, text_writer &out);
status show_last_error(node &dir, text_writer &out);

inline constexpr cell kdamond_cells[] = {
	computed_cell("state",
		"``on`` while the kdamond runs, else ``off``.  A write is a command, see Commands "
		"in Documentation/usage.rst; EINVAL for any other word.",
		show_state, run_command),
	computed_cell("pid", "Thread ID of the kdamond.  -1 while it does not run.", show_pid),
	uint_cell("refresh_ms",
		"Maximum age in milliseconds of ``stats``, ``effective_bytes`` and tuned "
		"intervals when they are read: older values are first refreshed from the kdamond.  "
		"0: they are as of the last ``update_*`` command."),
	computed_cell("last_error",
		"Why the last write to ``state`` failed, and which file is the reason.  After a "
		"success: empty, or ``note`` and what has no effect.",
		show_last_error),
};
inline constexpr fixed_child kdamond_children[] = {
	{"contexts", &contexts_kind},
};
extern kind kdamond_kind;
extern kind kdamonds_kind;

} // namespace damon
