// SPDX-License-Identifier: GPL-2.0
// What users of the in-kernel API ask for, as the core has it.
#pragma once
#include "core/kdamond/inputs.hh"
#include "damonxx/damonxx.h"

namespace damon {

// Checks only what a conversion could lose; the rest is for inputs::validate().
// inval with the reason in @why, nomem.
result<inputs> build_inputs(const damonxx_settings &settings, report &why);

} // namespace damon
