// SPDX-License-Identifier: GPL-2.0
// contexts/<C>/snapshot: all targets and regions at one moment, in binary form.
#pragma once
#include "sysfs/kind.hh"

namespace damon {

// Reads the snapshot of the context whose directory is @context_dir.  inval: the kdamond was never
// started; canceled: it does not run; nomem; nodev; intr.
status read_snapshot(node &context_dir, bytes &out);

inline constexpr cell snapshot_cell = binary_cell("snapshot",
		"All targets and regions at one moment, in the binary format of "
		"include/uapi/damonxx.h.  EINVAL before the first ``on``, ECANCELED while the "
		"kdamond does not run.",
		read_snapshot);

} // namespace damon
