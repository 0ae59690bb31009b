// SPDX-License-Identifier: GPL-2.0
// A context from `on` until the next successful `on`, shared by the commands that use it.
#pragma once
#include "core/context.hh"
#include "sysfs/gate.hh"

namespace damon {

struct session {
	explicit session(own<context> made) : core{move(made)} {}

	own<context> core;
	// Held by who stops it or commits to it.  Entered before the tree's gate, never in it,
	// so it is as far out in the order of locks as that one.
	gate turn{lock_class::tree};
	// When results were refreshed, 0: never.  Tree's gate held.
	u64 refreshed_ns = 0;
	bool refreshing = false; // atomic
	u32 users = 1;
};

// The last one out ends the context, which stops its kdamond.
using session_ref = ref<shared_kind<session>>;

} // namespace damon
