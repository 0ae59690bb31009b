// SPDX-License-Identifier: GPL-2.0
// Filters: which part of the memory that matches its pattern a scheme may act on.
#pragma once
#include "core/region/ranges.hh"
#include "damonxx/lib/bounds.hh"

namespace damon {

enum class filter_type : u8 {
	// Ops filters, tested for each folio by the shims.
	anon,		// anonymous
	memcg,		// charged to one memory cgroup
	young,		// accessed since the last test, which clears accessed bits
	hugepage_size,	// bytes of the folio within limits
	unmapped,	// in no page table
	active,		// on an active LRU list
	node,		// on a NUMA node within limits
	// Core filters, tested for each region before the action is applied.
	addr,			// within a range
	target,			// of the target of this index
	probe_hits_wsum,	// weighted hits of probes within limits
};
// In the order of the enumerators: what sysfs reads and writes.
inline constexpr const char *filter_type_names[] = {
	"anon",	    "memcg",  "young", "hugepage_size", "unmapped",
	"active", "node", "addr",  "target",	"probe_hits_wsum",
};

constexpr bool is_for_regions(filter_type type)
{
	return type >= filter_type::addr;
}

struct filter {
	filter_type type = filter_type::anon;
	bool matching = false;	// result of the test that is a match
	bool allow = false;	// true: a match passes; false: it is rejected
	u64 memcg = 0;		// id from kapi_memcg_find()
	addr_range range = {};	// bytes
	bounds<u64> limits = {};	// bytes, node numbers or hits, by type
	s32 target_index = 0;
	// Its directory in sysfs, for messages.
	const char *directory = "filters";
	u32 number = 0;
};

} // namespace damon
