// SPDX-License-Identifier: GPL-2.0
// What the core needs from an address space.
#pragma once
#include "core/inputs.hh"
#include "core/target.hh"

namespace damon {

// One set of operations; all run in the kdamond and neither allocate nor fail.
struct operations {
	// Ranges for a target that was given none.
	void (*init)(target &t);
	// Ranges that follow what changed in the address space.
	void (*update)(target &t);
	// Forgets accesses of @checks, a part of those the table picked.  False: there is nothing
	// left to monitor, for good.
	bool (*clear)(target &t, span<kapi_access_check> checks);
	// The same checks: asks for accesses since then.
	void (*test)(target &t, span<kapi_access_check> checks);
	// For samples without clear(): false if there is nothing left to monitor, for good.
	bool (*alive)(const target &t);
	// Tells of the pages of @checks, which are sorted; of these only the addresses matter.
	void (*describe)(const target &t, span<const kapi_access_check> checks, kapi_page *pages);
	// At the end of each aggregation: whether update() is due early.
	bool (*outdated)(target &t);
	// Does a part of @request, and so advances its start: to its end where the memory is gone.
	void (*apply)(const target &t, kapi_action_request &request);
	// The most ranges that init() and update() find; the target has room for them.
	u32 max_ranges;
};

extern const operations vaddr_operations;
extern const operations fvaddr_operations;
extern const operations paddr_operations;

// The set that @id names; only for available ones.
const operations &operations_of(operations_id id);

} // namespace damon
