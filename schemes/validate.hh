// SPDX-License-Identifier: GPL-2.0
// Validation of schemes: checks that need more than one value.
#pragma once
#include "damonxx/lib/report.hh"
#include "ops/operations_id.hh"
#include "schemes/scheme_inputs.hh"

namespace damon {

// Properties of a context that its schemes are validated against.
struct scheme_surroundings {
	operations_id operations;
	u64 addr_unit;
	u32 nr_targets;
	bool weighs_probes; // a probe has a weight
};

// inval, or opnotsupp if this kernel lacks a feature, with the reason in @why.  @why also gets a
// note for each setting without effect.  Its paths are relative to the directory of the context.
status validate_schemes(span<const scheme_inputs> schemes, const scheme_surroundings &in,
			report &why);

// For one scheme; paths in @why are relative to its directory.
status validate_goals(span<const goal> goals, operations_id operations, report &why);
status validate_filters(const scheme_inputs &config, const scheme_surroundings &in, report &why);
// inval if @nid is no node with memory; @file is the file that it was written to.
status validate_node(s64 nid, text_view file, report &why);

} // namespace damon
