// SPDX-License-Identifier: GPL-2.0
// Reads and writes parameters of special-purpose modules as text, and runs their commands.
#pragma once
#include "damonxx/lib/text.hh"
#include "modules/module.h"

namespace damon {

// Values: inval, range.  ENABLED and COMMIT: the errors of enable() and commit().  Ignores
// read-only parameters, which can still be given on a command line.
status write_parameter(damonxx_module &self, const damonxx_parameter &row, text_view text);
void read_parameter(damonxx_module &self, const damonxx_parameter &row, text_writer &out);

// Starts or stops the kdamond; ok without effect if it is in that state already.  nodev: the module
// is being unloaded.  Other errors of creating and starting the context are logged with the reason.
status enable(damonxx_module &self, bool wanted);
bool is_enabled(const damonxx_module &self);
// inval: the module was never enabled or has been disabled.  Other errors are logged with the
// reason; then nothing has changed.
status commit(damonxx_module &self);
// Updates the counters of all schemes if the kdamond runs.
void refresh_counters(damonxx_module &self);

} // namespace damon
