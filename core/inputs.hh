// SPDX-License-Identifier: GPL-2.0
// What a user asks of a context: a plain tree of values, checked as a whole.
#pragma once
#include "core/attribute_probe.hh"
#include "core/attrs.hh"
#include "damonxx/own.hh"
#include "damonxx/vec.hh"
#include "schemes/scheme_inputs.hh"

namespace damon {

enum class operations_id : u8 {
	vaddr,	// a process; ranges follow its mappings
	fvaddr,	// a process; ranges stay as given
	paddr,	// physical memory
};
inline constexpr const char *operations_names[] = {"vaddr", "fvaddr", "paddr"};

// True if contexts can use @id on this kernel.
bool operations_available(operations_id id);

struct target_inputs {
	pid_ref pid;
	int pid_number = 0;		// as written, for messages
	vec<addr_range> ranges;		// initial regions; empty: the operations decide
	bool obsolete = false;		// a commit removes the running target of this number
};

// Everything but addr_unit is in bytes here and in all of the core.
struct inputs {
	operations_id operations = operations_id::vaddr;
	u64 addr_unit = 1;		// what users count addresses and sizes in
	bool paused = false;		// the kdamond waits for a commit that ends this
	monitoring_attrs attrs;
	vec<attribute_probe> probes;
	vec<target_inputs> targets;
	vec<scheme_inputs> schemes;

	// inval, or opnotsupp for what this kernel has not, with the reason in @why; places are
	// relative to the context's directory.
	status validate(report &why) const;
};

} // namespace damon
