// SPDX-License-Identifier: GPL-2.0
// Estimates how much memory is used, and on which node, from a bounded sample of pages.
#pragma once
#include "ops/operations.hh"
#include "schemes/matching.hh"

namespace damon {

struct usage_estimate {
	u64 used_bytes = 0;
	u64 node_bytes = 0; // of these, on the node in question
};

// Which pages are counted.
struct usage_question {
	const access_pattern *pattern; // counts matching regions; null: all regions
	aggregation_position at;
	s32 nid;
	u32 most_looks; // maximum of sampled pages, not 0
};

// CONTEXT: the kdamond, between samples.
usage_estimate estimate_usage(const operations &ops, span<const target> targets,
			      const usage_question &question, prng &random);

} // namespace damon
