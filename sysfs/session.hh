// SPDX-License-Identifier: GPL-2.0
// A context from `on` until the next successful `on`, shared by the commands that use it.
#pragma once
#include "core/kdamond/context.hh"
#include "sysfs/cancellable_mutex.hh"

namespace damon {

struct session {
	explicit session(own<context> made) : core{move(made)} {}

	own<context> core;
	// Serializes off and commits.  Locked before the tree, never while the tree is locked, so
	// it is in the outermost lock class, that of the tree.
	cancellable_mutex command_lock{lock_class::tree};
	// Time of the last refresh; 0: never.  Protected by the lock of the tree.
	u64 refreshed_ns = 0;
	bool refreshing = false; // atomic
	u32 users = 1;
};

// Dropping the last reference destroys the context, which stops its kdamond.
using session_ref = ref<shared_kind<session>>;

} // namespace damon
