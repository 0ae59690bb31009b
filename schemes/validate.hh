// SPDX-License-Identifier: GPL-2.0
// What no single value of a scheme tells: whether all of them together can work.
#pragma once
#include "core/inputs.hh"

namespace damon {

// inval, or opnotsupp for what this kernel has not, with the reason in @why, which also notes
// what is allowed and has no effect.  Places are relative to the context's directory.
status validate_schemes(const inputs &in, report &why);

// Of one scheme; places are relative to its directory.
status validate_goals(span<const goal> goals, operations_id operations, report &why);
status validate_filters(const scheme_inputs &config, const inputs &in, report &why);
// The node @nid has memory; @file names it.
status validate_node(s64 nid, text_view file, report &why);

} // namespace damon
