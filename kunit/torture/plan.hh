// SPDX-License-Identifier: GPL-2.0
// What to ask of a context, made up at random, and kept to checker its answers by.
#pragma once
#include "core/inputs.hh"
#include "damonxx/prng.hh"

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

// The same as inputs, as a plain value that can be copied.
struct plan {
	operations_id operations = operations_id::vaddr;
	monitoring_attrs attrs;
	u32 nr_targets = 0;
	u32 nr_schemes = 0;
	target_plan targets[max_targets];
	scheme_plan schemes[max_schemes];
	bool sound = true; // a context has to take it

	// The most regions that the table of one target has room for.
	u64 table_capacity() const;
	// The most regions that all targets have together once limits were applied.
	u64 most_regions() const;
};

// References of the test's own to the targets of a plan; empty where there is none.
struct target_refs {
	pid_ref of[max_targets];
};

// Something new, one time in four with one mistake in it.
void invent(plan &out, prng &random);
// Changes one thing of a plan that was sound; most of what is known of the regions stays
// useful.
void vary(plan &changed, prng &random);

// nomem, or the inputs; a process that is not there makes @from unsound.
result<inputs> to_inputs(plan &from, target_refs &present);

} // namespace damon::torture
