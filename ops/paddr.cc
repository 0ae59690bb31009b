// SPDX-License-Identifier: GPL-2.0
// paddr: physical memory, folio by folio, accessed through any mapping.
#include "ops/operations.hh"

namespace damon {

namespace {

constexpr u32 most_ranges = 256;

// Sets the ranges to all online System RAM.  If there are more than fit, the last range covers the
// rest, holes included.
void find_ram(target &t)
{
	constexpr u32 batch = 16;
	kapi_range found[batch];
	vec<addr_range> &ranges = t.found;
	u64 from = 0;
	u32 count;

	t.seen_changes = kapi_ram_changes();
	ranges.clear();
	do {
		count = kapi_ram_ranges(from, found, batch);
		for (u32 i = 0; i < count; i++) {
			const bool touches = ranges.size() && ranges.back().end == found[i].start;
			if (touches || ranges.size() == ranges.capacity())
				ranges.back().end = found[i].end;
			else
				ranges.push({found[i].start, found[i].end});
		}
		if (count)
			from = found[count - 1].end;
	} while (count == batch);
	t.regions.set_ranges(ranges.all());
}

void init(target &t)
{
	if (t.ranges.empty())
		find_ram(t);
}

bool outdated(target &t)
{
	return t.ranges.empty() && t.seen_changes != kapi_ram_changes();
}

void update(target &t)
{
	if (outdated(t))
		find_ram(t);
}

bool clear(target &, span<kapi_access_check> checks)
{
	kapi_phys_prepare_access_checks(checks.data(), checks.size());
	return true;
}

void test(target &, span<kapi_access_check> checks)
{
	kapi_phys_check_accesses(checks.data(), checks.size());
}

bool alive(const target &)
{
	return true;
}

void describe(const target &, span<const kapi_access_check> checks, kapi_page *pages)
{
	kapi_phys_describe_pages(checks.data(), pages, checks.size());
}

void apply(const target &, kapi_action_request &request)
{
	kapi_phys_apply(&request);
}

} // namespace

const operations paddr_operations{init,	 update,   clear,    test,  alive,
				  describe, outdated, apply, most_ranges};

} // namespace damon
