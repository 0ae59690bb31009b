// SPDX-License-Identifier: GPL-2.0
#include "core/region/ranges.hh"

namespace damon {

namespace {

// The two largest gaps are always excluded, so that a small process and its stack are not in one
// area.  Further gaps are excluded if they are at least 1/64 of the rest.
constexpr u32 usual_gaps = 2;
constexpr u64 worthy_share = 64;

} // namespace

void mapped_areas::add(addr_range mapped)
{
	if (whole_.empty()) {
		whole_ = mapped;
		return;
	}

	const addr_range gap{whole_.end, mapped.start};
	whole_.end = max(whole_.end, mapped.end);
	if (gap.empty())
		return;
	// finish() needs room for one area more than there are gaps.
	if (gaps_.size() + 1 < gaps_.capacity())
		gaps_.push(gap);
	else if (gaps_.size() && gap.size() > gaps_.back().size())
		gaps_.back() = gap;
	else
		return;
	for (u32 i = gaps_.size() - 1; i > 0 && gaps_[i].size() > gaps_[i - 1].size(); i--)
		std::swap(gaps_[i], gaps_[i - 1]);
}

void mapped_areas::drop_small_gaps()
{
	u64 monitored = whole_.size();
	u32 kept = 0;

	for (; kept < gaps_.size(); kept++) {
		const u64 gap = gaps_[kept].size();
		if (kept >= usual_gaps && gap < monitored / worthy_share)
			break;
		monitored -= gap;
	}
	gaps_.truncate(kept);
}

void mapped_areas::finish()
{
	if (whole_.empty())
		return;
	drop_small_gaps();
	// Sorts by address; there are few gaps.
	for (u32 i = 1; i < gaps_.size(); i++)
		for (u32 k = i; k > 0 && gaps_[k].start < gaps_[k - 1].start; k--)
			std::swap(gaps_[k], gaps_[k - 1]);

	// Backward: area i replaces gap i, which follows it, and still needs gap i - 1.
	const u32 last = gaps_.size();
	gaps_.push({});
	for (u32 i = last + 1; i-- > 0;) {
		const u64 start = i > 0 ? gaps_[i - 1].end : whole_.start;
		const u64 end = i < last ? gaps_[i].start : whole_.end;
		gaps_[i] = page_aligned({start, end});
	}
}

} // namespace damon
