// SPDX-License-Identifier: GPL-2.0
// How much memory is in use, and where: an estimate from a bounded number of pages.
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
	const access_pattern *pattern; // of regions like this; null: of all
	aggregation_position at;
	s32 nid;
	u32 most_looks; // not 0; all pages are looked at if there are no more
};

// CONTEXT: between samples.
usage_estimate estimate_usage(const operations &ops, span<const target> targets,
			      const usage_question &question, prng &random);

} // namespace damon
