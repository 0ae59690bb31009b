// SPDX-License-Identifier: GPL-2.0
// The configuration of a kdamond: built from inputs as a whole, and replaced as a whole.
#pragma once
#include "core/kdamond/inputs.hh"
#include "ops/operations.hh"
#include "schemes/scheme.hh"

namespace damon {

// The caller builds it, which may fail.  After that nothing fails, and only the kdamond accesses
// it.
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
	priority_histogram priorities;	// of the scheme that is being applied

	// @running: the configuration to be replaced, or null.  Only its number of targets and the
	// capacities of their tables are read, which the kdamond does not change.  inval or
	// opnotsupp, with the reason in @why; nomem.
	static result<own<configuration>> build(inputs in, const configuration *running,
						report &why);

	// Takes over from @old the regions and counters of the targets and schemes that stay.
	void take_results(configuration &old);
	// The index of the target that continues target @before of @old, or targets.size().
	u32 successor(const configuration &old, u32 before) const;

	u32 nr_regions() const;
	// The maximum number of regions, by the capacity of the tables.
	u32 region_capacity() const;
};

} // namespace damon
