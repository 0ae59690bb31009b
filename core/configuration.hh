// SPDX-License-Identifier: GPL-2.0
// Everything a kdamond works with, built whole from inputs and swapped whole.
#pragma once
#include "core/inputs.hh"
#include "ops/operations.hh"
#include "schemes/scheme.hh"

namespace damon {

// Building may fail and is done by who asks; from then on nothing fails, and only the
// kdamond touches it.
struct configuration {
	operations_id id = operations_id::vaddr;
	const operations *ops = nullptr;
	u64 addr_unit = 1;
	bool paused = false;
	monitoring_attrs attrs;
	vec<attribute_probe> probes;
	sampling_mode sampling;
	vec<target> targets;
	vec<scheme> schemes;
	priority_histogram priorities;	// of the scheme that is being looked at

	// @running: the configuration that this one is to replace, or null.  Its capacities are
	// read, which no kdamond changes, and its number of targets.  inval with the reason in
	// @why, nomem.
	static result<own<configuration>> build(inputs in, const configuration *running,
						report &why);

	// Takes regions and counters over from @old, by index, for what stays the same.
	void take_results(configuration &old);
	// The number of the target that goes on from number @before of @old; no target: none.
	u32 successor(const configuration &old, u32 before) const;

	u32 nr_regions() const;
	u64 total_bytes() const;
	// As many regions as there can ever be.
	u32 region_capacity() const;
};

} // namespace damon
