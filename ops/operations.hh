// SPDX-License-Identifier: GPL-2.0
// What the core needs from an address space.
#pragma once
#include "core/inputs.hh"
#include "core/target.hh"

namespace damon {

// One set of operations; all run in the worker and neither allocate nor fail.
struct operations {
	// Ranges for a target that was given none.
	void (*init)(target &t);
	// Ranges that follow what changed in the address space.
	void (*update)(target &t);
	// False once there is nothing left to monitor, for good.
	bool (*valid)(const target &t);
	// The table's probes: forget accesses, then ask for those since.
	void (*clear)(target &t);
	void (*test)(target &t);
};

// The set that @id names; only for available ones.
const operations &operations_of(operations_id id);

} // namespace damon
