// SPDX-License-Identifier: GPL-2.0
/* Symbols for other modules: the in-kernel API, and what the headers of the C++ library need. */
#include <linux/export.h>
#include "damonxx/damonxx.h"
#include "damonxx/kapi.h"

EXPORT_SYMBOL_GPL(damonxx_context_create);
EXPORT_SYMBOL_GPL(damonxx_context_destroy);
EXPORT_SYMBOL_GPL(damonxx_context_start);
EXPORT_SYMBOL_GPL(damonxx_context_stop);
EXPORT_SYMBOL_GPL(damonxx_context_commit);
EXPORT_SYMBOL_GPL(damonxx_context_is_running);
EXPORT_SYMBOL_GPL(damonxx_context_pid);
EXPORT_SYMBOL_GPL(damonxx_context_call);
EXPORT_SYMBOL_GPL(damonxx_context_read_schemes);
EXPORT_SYMBOL_GPL(damonxx_context_read_monitoring);
EXPORT_SYMBOL_GPL(damonxx_context_take_snapshot);
EXPORT_SYMBOL_GPL(damonxx_snapshot_free);
EXPORT_SYMBOL_GPL(damonxx_snapshot_targets);
EXPORT_SYMBOL_GPL(damonxx_snapshot_regions);

/* For include/damonxx/lib/assert.hh. */
EXPORT_SYMBOL_GPL(kapi_assert_failed);
