// SPDX-License-Identifier: GPL-2.0
// Filters: what of the memory that matches a scheme's pattern the scheme may touch.
#pragma once
#include "core/region/ranges.hh"
#include "damonxx/lib/bounds.hh"

namespace damon {

enum class filter_type : u8 {
	// Asked of each folio, where it is: the operations' layer.
	anon,		// not of a file
	memcg,		// charged to one memory cgroup
	young,		// accessed since the last look, which this is
	hugepage_size,	// bytes of the folio within limits
	unmapped,	// in nobody's page tables
	active,		// on an active LRU list
	node,		// on a NUMA node within limits
	// Asked of each region before anything is touched: the core's layer.
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
	bool matching = false;	// what the test must give for a match
	bool allow = false;	// what a match means
	u64 memcg = 0;		// as kapi_memcg_find() has it
	addr_range range = {};	// bytes
	bounds<u64> limits = {};	// bytes, node numbers or hits, by type
	s32 target_index = 0;
	// Where the user finds it, for messages.
	const char *directory = "filters";
	u32 number = 0;
};

} // namespace damon
