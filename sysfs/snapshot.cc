// SPDX-License-Identifier: GPL-2.0
#include "sysfs/snapshot.hh"
#include "sysfs/kdamonds.hh"

namespace damon {

namespace {

result<session_ref> hold_running(node &context_dir)
{
	const auto inside = TRY(tree_gate().enter(context_dir.closed()));
	const kdamond &self = context_dir.above(kdamond_kind)->attached<kdamond>();

	if (!self.current)
		return errc::inval;
	if (!self.runs())
		return errc::canceled;
	return share(self.current);
}

} // namespace

// Waits for the worker outside of the gate, as commands do.
status read_snapshot(node &context_dir, bytes &out)
{
	const session_ref held = TRY(hold_running(context_dir));

	return held.get()->core->take_snapshot(out);
}

} // namespace damon
