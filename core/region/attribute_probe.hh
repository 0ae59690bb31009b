// SPDX-License-Identifier: GPL-2.0
// Data attribute probes: which attributes of the sampled page a sample tests, besides accesses.
#pragma once
#include "core/region/attrs.hh"
#include "core/region/hit_counters.hh"
#include "damonxx/lib/bounds.hh"
#include "damonxx/lib/vec.hh"

namespace damon {

enum class attribute : u8 {
	anon,	       // anonymous, not file-backed
	memcg,	       // charged to the filter's memory cgroup
	pgidle_unset,  // accessed since the start of the sample
	pgidle_set,    // not accessed since the start of the sample
	hugepage_size, // the size of the folio is within the filter's limits
};
// Names in sysfs, in the order of the enumerators.
inline constexpr const char *attribute_names[] = {
	"anon", "memcg", "pgidle_unset", "pgidle_set", "hugepage_size",
};

// The sampled page, at the end of the sampling interval.
struct sampled_page {
	kapi_page page{};
	kapi_outcome outcome = KAPI_ABSENT;
};

struct attribute_filter {
	attribute type = attribute::anon;
	bool matching = false;	// result of the test that counts as a match
	bool allow = false;	// whether a match is a hit
	u64 memcg = 0;
	bounds<u64> size_bytes = {};

	bool matches(const sampled_page &sampled) const;
};

// A plain value; the hit counters are in the region tables, by the number of the probe.
struct attribute_probe {
	u32 weight = 0;
	bool sets_idle = false;	// each sample clears the accessed bits of the page first
	vec<attribute_filter> filters;

	// The first matching filter decides.  Default if none matches: the inverse of the last
	// filter's verdict; without filters, a hit.
	bool hit_by(const sampled_page &sampled) const;
};

// What each sample has to do for all probes together.
struct sampling_mode {
	probe_weights weights;
	bool counts_accesses = true;	// false: scores of weighted hits replace access counts
	bool tests_accesses = true;	// clears and tests accessed bits
	bool describes_pages = false;	// reads the attributes of the folios

	static sampling_mode of(span<const attribute_probe> probes);
};

// inval, with the reason in @why; its path is relative to monitoring_attrs.
status validate_probes(span<const attribute_probe> probes, const monitoring_attrs &attrs,
		       report &why);

} // namespace damon
