// SPDX-License-Identifier: GPL-2.0
// Parameters of special-purpose modules as text, and what some of them do.
#pragma once
#include "damonxx/lib/text.hh"
#include "modules/module.h"

namespace damon {

// Of values: inval, range.  Of ENABLED and COMMIT: what it has come to.  What cannot be written
// can still be given on a command line, and is ignored.
status write_parameter(damonxx_module &self, const damonxx_parameter &row, text_view text);
void read_parameter(damonxx_module &self, const damonxx_parameter &row, text_writer &out);

// Nothing happens if it is so already.  nodev: the module is being unloaded; or why it failed, which
// the log tells in words.
status enable(damonxx_module &self, bool wanted);
bool is_enabled(const damonxx_module &self);
// inval: it is not enabled; or why it failed, likewise, and nothing has changed.
status commit(damonxx_module &self);
// Reads the counters of all schemes, if the kdamond runs.
void refresh_counters(damonxx_module &self);

} // namespace damon
