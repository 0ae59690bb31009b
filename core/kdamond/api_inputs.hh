// SPDX-License-Identifier: GPL-2.0
// Converts the settings of the in-kernel API to the inputs of a context.
#pragma once
#include "core/kdamond/inputs.hh"
#include "damonxx/damonxx.h"

namespace damon {

// Checks only that values can be converted; inputs::validate() checks the rest.
// inval, with the reason in @why; nomem.
result<inputs> build_inputs(const damonxx_settings &settings, report &why);

} // namespace damon
