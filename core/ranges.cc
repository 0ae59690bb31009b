// SPDX-License-Identifier: GPL-2.0
#include "core/ranges.hh"

namespace damon {

void three_regions::add(addr_range mapped)
{
	if (whole_.empty()) {
		whole_ = mapped;
		return;
	}

	const addr_range gap{whole_.end, mapped.start};
	whole_.end = max(whole_.end, mapped.end);
	if (gap.empty())
		return;
	if (gap.size() > gaps_[0].size()) {
		gaps_[1] = gaps_[0];
		gaps_[0] = gap;
	} else if (gap.size() > gaps_[1].size()) {
		gaps_[1] = gap;
	}
}

u32 three_regions::result(addr_range (&out)[3]) const
{
	const bool in_order = gaps_[1].empty() || gaps_[0].start < gaps_[1].start;
	const addr_range gaps[] = {gaps_[!in_order], gaps_[in_order]};
	u64 start = whole_.start;
	u32 count = 0;

	if (whole_.empty())
		return 0;
	for (const addr_range &gap : gaps) {
		if (gap.empty())
			continue;
		out[count++] = page_aligned({start, gap.start});
		start = gap.end;
	}
	out[count++] = page_aligned({start, whole_.end});
	return count;
}

} // namespace damon
