// SPDX-License-Identifier: GPL-2.0
// Probes of data attributes: what a sample asks about the page it looks at, besides accesses.
#pragma once
#include "core/attrs.hh"
#include "core/hit_counters.hh"
#include "damonxx/bounds.hh"
#include "damonxx/vec.hh"

namespace damon {

enum class attribute : u8 {
	anon,	       // not of a file
	memcg,	       // charged to one memory cgroup
	pgidle_unset,  // accessed since the start of the sample
	pgidle_set,    // not accessed since then
	hugepage_size, // the size of its folio
};
// In the order of the enumerators: what sysfs reads and writes.
inline constexpr const char *attribute_names[] = {
	"anon", "memcg", "pgidle_unset", "pgidle_set", "hugepage_size",
};

// The page that a sample looks at, after its interval.
struct sampled_page {
	kapi_page page{};
	kapi_outcome outcome = KAPI_ABSENT;
};

struct attribute_filter {
	attribute type = attribute::anon;
	bool matching = false;	// what the test of the page must give for a match
	bool allow = false;	// what a match means
	u64 memcg = 0;
	bounds<u64> size_bytes = {};

	bool matches(const sampled_page &sampled) const;
};

// A plain value; what it has counted is in the region tables, by the probe's number.
struct attribute_probe {
	u32 weight = 0;
	bool sets_idle = false;	// each sample begins by forgetting accesses of the page
	vec<attribute_filter> filters;

	// The first filter that matches decides; without one, the opposite of what the last
	// one would have said, and yes without filters.
	bool hit_by(const sampled_page &sampled) const;
};

// What all probes together make of a sample.
struct sampling_mode {
	probe_weights weights;
	bool counts_accesses = true;	// weights replace them
	bool tests_accesses = true;	// which clears and tests accessed bits
	bool describes_pages = false;

	static sampling_mode of(span<const attribute_probe> probes);
};

// inval with the reason in @why; places are relative to monitoring_attrs.
status validate_probes(span<const attribute_probe> probes, const monitoring_attrs &attrs,
		       report &why);

} // namespace damon
