// SPDX-License-Identifier: GPL-2.0
// Memory of a process: vaddr follows its mappings, fvaddr keeps the given ranges.
#include "core/region/ranges.hh"
#include "ops/operations.hh"

namespace damon {

namespace {

constexpr u32 most_areas = 64;
constexpr u32 mappings_per_aggregation = 64;

// Reads the mapped ranges in batches that fit on the stack; the mmap lock is released between them.
// Returns the number of ranges.
u32 scan_mappings(kapi_mm *mm, mapped_areas &areas)
{
	constexpr u32 batch = 24;
	kapi_range mapped[batch];
	u32 all = 0;
	u64 from = 0;
	u32 count;

	do {
		count = kapi_mm_mapped(mm, from, mapped, batch);
		for (u32 i = 0; i < count; i++)
			areas.add({mapped[i].start, mapped[i].end});
		if (count)
			from = mapped[count - 1].end;
		all += count;
		kapi_cond_resched();
	} while (count == batch);
	areas.finish();
	return all;
}

void follow_mappings(target &t)
{
	const mm_ref mm = t.hold_mm();
	if (!mm)
		return;

	mapped_areas areas{t.found};
	t.seen_changes = kapi_mm_changes(mm.get());
	t.recheck_delay = scan_mappings(mm.get(), areas) / mappings_per_aggregation;
	if (!t.found.empty())
		t.regions.set_ranges(t.found.all());
}

// Bounds the cost of rescans however many mappings there are and however often they change: on
// average mappings_per_aggregation ranges per aggregation.  Initial regions from the user stay
// until the update interval is over.
bool mappings_changed(target &t)
{
	if (t.found.empty())
		return false;
	if (t.recheck_delay) {
		t.recheck_delay--;
		return false;
	}
	const mm_ref mm = t.hold_mm();
	return mm && t.seen_changes != kapi_mm_changes(mm.get());
}

void init_vaddr(target &t)
{
	if (t.ranges.empty())
		follow_mappings(t);
}

void keep_ranges(target &) {}

// A process that has exited counts as idle until it has been reaped: its parent may monitor it, and
// read results before it has noticed the exit.
bool clear(target &t, span<kapi_access_check> checks)
{
	if (const mm_ref mm = t.hold_mm()) {
		kapi_prepare_access_checks(mm.get(), checks.data(), checks.size());
		return true;
	}
	region_table::forget(checks);
	return t.pid && kapi_pid_has_process(t.pid.get());
}

void test(target &t, span<kapi_access_check> checks)
{
	if (const mm_ref mm = t.hold_mm())
		kapi_check_accesses(mm.get(), checks.data(), checks.size());
	else
		region_table::forget(checks);
}

bool alive(const target &t)
{
	return t.hold_mm() || (t.pid && kapi_pid_has_process(t.pid.get()));
}

void describe(const target &t, span<const kapi_access_check> checks, kapi_page *pages)
{
	if (const mm_ref mm = t.hold_mm()) {
		kapi_describe_pages(mm.get(), checks.data(), pages, checks.size());
		return;
	}
	for (kapi_page &page : span{pages, checks.size()})
		page = {};
}

void apply(const target &t, kapi_action_request &request)
{
	if (const mm_ref mm = t.hold_mm())
		kapi_mm_apply(mm.get(), &request);
	else
		request.start = request.end;
}

bool never(target &)
{
	return false;
}

} // namespace

const operations vaddr_operations{init_vaddr, follow_mappings,  clear, test,	 alive,
				  describe,   mappings_changed, apply, most_areas};
const operations fvaddr_operations{keep_ranges, keep_ranges, clear, test, alive,
				   describe,	never,	     apply, 0};

} // namespace damon
