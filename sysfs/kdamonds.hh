// SPDX-License-Identifier: GPL-2.0
// admin/kdamonds: the workers, and what they are told to do.
#pragma once
#include "sysfs/contexts.hh"
#include "sysfs/session.hh"

namespace damon {

// What a kdamond's directory has besides files.  Gate held.
struct kdamond {
	session_ref current; // empty: never started
	char error_line[256] = {};
	u32 error_length = 0;

	bool runs() const { return current && current.get()->core->running(); }
};

inline constexpr fixed_child kdamond_children[] = {
	{"contexts", &contexts_kind},
};
extern kind kdamond_kind;
extern kind kdamonds_kind;

} // namespace damon
