// SPDX-License-Identifier: GPL-2.0
// Memory of a process: vaddr follows its mappings, fvaddr stays with the ranges it was given.
#include "core/ranges.hh"
#include "ops/operations.hh"

namespace damon {

namespace {

// Mapped ranges come in batches that fit the stack; the mmap lock is free in between.
three_regions scan_mappings(kapi_mm *mm)
{
	constexpr u32 batch = 24;
	kapi_range mapped[batch];
	three_regions areas;
	u64 from = 0;
	u32 count;

	do {
		count = kapi_mm_mapped(mm, from, mapped, batch);
		for (u32 i = 0; i < count; i++)
			areas.add({mapped[i].start, mapped[i].end});
		if (count)
			from = mapped[count - 1].end;
		kapi_cond_resched();
	} while (count == batch);
	return areas;
}

void follow_mappings(target &t)
{
	const mm_ref mm = t.hold_mm();
	if (!mm)
		return;

	addr_range areas[3];
	const u32 count = scan_mappings(mm.get()).result(areas);
	if (count)
		t.regions.set_ranges({areas, count});
}

void init_vaddr(target &t)
{
	if (t.ranges.empty())
		follow_mappings(t);
}

void keep_ranges(target &) {}

bool clear(target &t)
{
	const mm_ref mm = t.hold_mm();

	if (mm)
		kapi_probe_clear(mm.get(), t.regions.probes(), t.regions.count());
	return static_cast<bool>(mm);
}

void test(target &t)
{
	if (const mm_ref mm = t.hold_mm())
		kapi_probe_test(mm.get(), t.regions.probes(), t.regions.count());
	else
		t.regions.forget_probes();
}

bool never(const target &)
{
	return false;
}

} // namespace

const operations vaddr_operations{init_vaddr, follow_mappings, clear, test, never, 3};
const operations fvaddr_operations{keep_ranges, keep_ranges, clear, test, never, 0};

} // namespace damon
