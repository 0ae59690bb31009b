// SPDX-License-Identifier: GPL-2.0
// What no single value of a scheme tells: whether all of them together can work.
#pragma once
#include "damonxx/lib/report.hh"
#include "ops/operations_id.hh"
#include "schemes/scheme_inputs.hh"

namespace damon {

// What of a context decides whether a scheme can work in it.
struct scheme_surroundings {
	operations_id operations;
	u64 addr_unit;
	u32 nr_targets;
	bool weighs_probes; // a probe has a weight
};

// inval, or opnotsupp for what this kernel has not, with the reason in @why, which also notes
// what is allowed and has no effect.  Places are relative to the context's directory.
status validate_schemes(span<const scheme_inputs> schemes, const scheme_surroundings &in,
			report &why);

// Of one scheme; places are relative to its directory.
status validate_goals(span<const goal> goals, operations_id operations, report &why);
status validate_filters(const scheme_inputs &config, const scheme_surroundings &in, report &why);
// The node @nid has memory; @file names it.
status validate_node(s64 nid, text_view file, report &why);

} // namespace damon
