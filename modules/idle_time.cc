// SPDX-License-Identifier: GPL-2.0
#include "modules/idle_time.hh"
#include "damonxx/lib/math.hh"

namespace damon {

namespace {

using region = damonxx_snapshot_region;

constexpr u64 us_per_ms = 1'000;
constexpr u64 us_per_s = 1'000'000;
constexpr u64 most_ms = u64_max / 2;

// In aggregation intervals; negative if the region is accessed.
s64 idle_aggregations(const region &of)
{
	const s64 aggregations = s64{of.age} + 1;

	return of.nr_accesses ? -aggregations : aggregations;
}

bool before(const region &a, const region &b)
{
	return idle_aggregations(a) < idle_aggregations(b);
}

// Restores the heap order, largest first, at @at; it holds below already.
void sift_down(snapshot_regions heap, u32 at)
{
	for (u32 child = 2 * at + 1; child < heap.size(); child = 2 * at + 1) {
		if (child + 1 < heap.size() && before(heap[child], heap[child + 1]))
			child++;
		if (!before(heap[at], heap[child]))
			return;
		std::swap(heap[at], heap[child]);
		at = child;
	}
}

// A heap sort: in place, and O(n log n) for any input.
void sort_by_idle_time(snapshot_regions regions)
{
	for (u32 i = regions.size() / 2; i-- > 0;)
		sift_down(regions, i);
	for (u32 left = regions.size(); left-- > 1;) {
		std::swap(regions[0], regions[left]);
		sift_down(regions.first(left), 0);
	}
}

s64 idle_ms(const region &of, u64 aggr_us)
{
	const u64 aggregations = u64{of.age} + 1;
	const s64 ms = static_cast<s64>(min(mul_div(aggregations, aggr_us, us_per_ms), most_ms));

	return of.nr_accesses ? -ms : ms;
}

} // namespace

u64 estimated_bandwidth(snapshot_regions regions, u64 aggr_us)
{
	u64 accessed_bytes = 0;

	for (const region &one : regions)
		accessed_bytes = saturating_add(
			accessed_bytes, saturating_mul(one.end - one.start, one.nr_accesses));
	return mul_div(accessed_bytes, us_per_s, max(aggr_us, u64{1}));
}

void idle_percentiles(snapshot_regions regions, u64 aggr_us, s64 (&out)[DAMONXX_MAX_RESULTS])
{
	u64 all_bytes = 0;
	u64 bytes = 0;
	u32 next = 0;

	for (s64 &each : out)
		each = 0;
	for (const region &one : regions)
		all_bytes += one.end - one.start;
	sort_by_idle_time(regions);
	for (const region &one : regions) {
		bytes += one.end - one.start;
		for (; next < DAMONXX_MAX_RESULTS && next <= mul_div(bytes, 100, all_bytes); next++)
			out[next] = idle_ms(one, aggr_us);
	}
}

} // namespace damon
