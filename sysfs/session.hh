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
	u32 users = 1;
};

// The last one out ends the context, which stops its worker.
struct session_kind {
	using object = session;
	static void put(session *shared)
	{
		if (__atomic_sub_fetch(&shared->users, 1, __ATOMIC_ACQ_REL) == 0)
			static_cast<void>(own<session>::adopt(shared));
	}
};
using session_ref = ref<session_kind>;

inline session_ref share(const session_ref &other)
{
	__atomic_add_fetch(&other.get()->users, 1, __ATOMIC_RELAXED);
	return session_ref{other.get()};
}

} // namespace damon
