// SPDX-License-Identifier: GPL-2.0
// Operations set: how the core monitors one kind of address space, and acts on it.
#pragma once
#include "core/region/target.hh"
#include "ops/operations_id.hh"

namespace damon {

// CONTEXT: the kdamond, may sleep.  No operation allocates memory, and none can fail.
struct operations {
	// Sets the initial ranges of @t if the user gave none.
	void (*init)(target &t);
	// Once per update interval: adapts the ranges of @t to changes of the address space.
	void (*update)(target &t);
	// Prepares @checks, a part of those that the region table picked, at the start of a sample.
	// Returns false if @t can never be monitored again.
	bool (*clear)(target &t, span<kapi_access_check> checks);
	// Tests the same checks for accesses since clear().
	void (*test)(target &t, span<kapi_access_check> checks);
	// For samples without clear(): returns false if @t can never be monitored again.
	bool (*alive)(const target &t);
	// Fills @pages with the attributes of the sampled pages of @checks, which are sorted by
	// address; reads only their addr.
	void (*describe)(const target &t, span<const kapi_access_check> checks, kapi_page *pages);
	// At the end of each aggregation: whether ranges must be updated before the update interval
	// is over.
	bool (*outdated)(target &t);
	// Does a bounded part of @request and advances its start; to its end if the address space
	// is gone.
	void (*apply)(const target &t, kapi_action_request &request);
	// Maximum number of ranges that init() and update() find; targets reserve room for them.
	u32 max_ranges;
};

extern const operations vaddr_operations;
extern const operations fvaddr_operations;
extern const operations paddr_operations;

// The operations set @id, which must be available: see operations_available().
const operations &operations_of(operations_id id);

} // namespace damon
