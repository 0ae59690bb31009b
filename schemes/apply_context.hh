// SPDX-License-Identifier: GPL-2.0
// What passes of schemes work with.
#pragma once
#include "ops/operations.hh"
#include "schemes/scheme.hh"

namespace damon {

class tried_walk;

// Whether somebody waits for the kdamond who is not to wait for a long pass.
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
	priority_histogram &priorities; // for use by one scheme at a time
	u64 unit_bytes;			// that trace events count in
	u64 region_limit_bytes;		// no larger region is made
	aggregation_position at;
	prng &random;
	interruption interrupted;
	tried_walk *walk; // may be null
};

} // namespace damon
