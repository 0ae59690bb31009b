// SPDX-License-Identifier: GPL-2.0
// All regions of all targets at one moment, as the records of include/uapi/damonxx.h.
#pragma once
#include "core/kdamond/monitor.hh"
#include "damonxx/lib/bytes.hh"

namespace damon {

// Filled by the kdamond, in memory of the caller.
class snapshot {
public:
	explicit snapshot(bytes &out) : out_{out} {}

	// Called by the kdamond.  False: there is not enough room.
	bool take(const monitor &m);
	// Called by the caller after take() has failed.  nomem.
	status make_room() { return out_.make_room(wanted_bytes_); }

private:
	bytes &out_;
	u64 wanted_bytes_ = 0;
};

} // namespace damon
