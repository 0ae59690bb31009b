// SPDX-License-Identifier: GPL-2.0
#include "sysfs/snapshot.hh"
#include "sysfs/kdamonds.hh"

namespace damon {

// Waits for the kdamond without the lock of the tree.
status read_snapshot(node &context_dir, bytes &out)
{
	const session_ref held = TRY(hold_current(context_dir, *context_dir.above(kdamond_kind)));

	if (!held)
		return errc::inval;
	return held.get()->core->take_snapshot(out);
}

} // namespace damon
