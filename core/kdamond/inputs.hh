// SPDX-License-Identifier: GPL-2.0
// The inputs of a context: a tree of plain values, validated as a whole.
#pragma once
#include "core/region/attribute_probe.hh"
#include "core/region/attrs.hh"
#include "damonxx/lib/own.hh"
#include "damonxx/lib/vec.hh"
#include "ops/operations_id.hh"
#include "schemes/scheme_inputs.hh"

namespace damon {

struct target_inputs {
	pid_ref pid;
	int pid_number = 0;		// as given by the user, for messages
	vec<addr_range> ranges;		// initial regions; empty: found by the operations
	bool obsolete = false;		// a commit removes the running target of this index
};

// Everything but addr_unit is in bytes here and in all of the core.
struct inputs {
	operations_id operations = operations_id::vaddr;
	u64 addr_unit = 1;		// bytes per unit of the user's addresses and sizes
	bool paused = false;		// no sampling until a commit clears this
	monitoring_attrs attrs;
	vec<attribute_probe> probes;
	vec<target_inputs> targets;
	vec<scheme_inputs> schemes;

	// inval, or opnotsupp if this kernel lacks a feature, with the reason in @why; its path is
	// relative to the directory of the context.
	status validate(report &why) const;
};

} // namespace damon
