// SPDX-License-Identifier: GPL-2.0
// What apply passes of schemes work on.
#pragma once
#include "ops/operations.hh"
#include "schemes/scheme.hh"

namespace damon {

class tried_walk;

// Whether a request waits for the kdamond, so that a long pass has to be interrupted.
struct interruption {
	bool (*is_wanted)(const void *self) = nullptr;
	const void *self = nullptr;

	bool operator()() const { return is_wanted && is_wanted(self); }
};

struct apply_context {
	const operations &ops;
	span<scheme> schemes;
	span<target> targets;
	const monitoring_attrs &attrs;
	const probe_weights &weights;
	priority_histogram &priorities; // scratch memory, of one scheme at a time
	u64 unit_bytes;			// of addresses and sizes in trace events
	u64 region_limit_bytes;		// maximum size of merged regions
	aggregation_position at;
	prng &random;
	interruption interrupted;
	tried_walk *walk; // may be null
};

} // namespace damon
