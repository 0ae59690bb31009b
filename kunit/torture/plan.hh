// SPDX-License-Identifier: GPL-2.0
// Random inputs of a context, kept to check its answers.
#pragma once
#include "core/kdamond/inputs.hh"
#include "damonxx/lib/prng.hh"

namespace damon::torture {

inline constexpr u32 max_targets = 3;
inline constexpr u32 max_ranges = 3;
inline constexpr u32 max_schemes = 3;

struct target_plan {
	int pid_number = 0;
	u32 nr_ranges = 0;
	addr_range ranges[max_ranges];
};

struct scheme_plan {
	access_pattern pattern;
	u64 apply_interval_us = 0;
	u64 max_nr_snapshots = 0;
};

// The inputs of a context, as a plain value that can be copied.
struct plan {
	operations_id operations = operations_id::vaddr;
	monitoring_attrs attrs;
	u32 nr_targets = 0;
	u32 nr_schemes = 0;
	target_plan targets[max_targets];
	scheme_plan schemes[max_schemes];
	bool sound = true; // a context must accept it

	// Maximum number of regions that the table of one target has room for.
	u64 table_capacity() const;
	// Maximum number of regions of all targets after the limits have been enforced.
	u64 most_regions() const;
};

// The test's own references to the processes of a plan; empty where there is no process.
struct target_refs {
	pid_ref of[max_targets];
};

// Makes a new plan; one in four has one invalid value.
void invent(plan &out, prng &random);
// Changes one part of a valid plan, so that a commit keeps most results.
void vary(plan &changed, prng &random);

// Converts a plan; a missing process makes @from unsound.  nomem.
result<inputs> to_inputs(plan &from, target_refs &present);

} // namespace damon::torture
