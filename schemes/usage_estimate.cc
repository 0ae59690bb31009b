// SPDX-License-Identifier: GPL-2.0
#include "schemes/usage_estimate.hh"

namespace damon {

namespace {

bool is_counted(const usage_question &question, const target &t, u32 i)
{
	return !question.pattern || matches(*question.pattern, t.regions, i, question.at);
}

u64 counted_bytes(span<const target> targets, const usage_question &question)
{
	u64 sum = 0;

	for (const target &t : targets)
		for (u32 i = 0; !t.gone && i < t.regions.count(); i++)
			if (is_counted(question, t, i))
				sum = saturating_add(sum, t.regions.range(i).size());
	return sum;
}

// Samples pages of one target, in batches.
class looks {
public:
	looks(const operations &ops, const target &t, s32 nid) : ops_{ops}, t_{t}, nid_{nid} {}

	void at(u64 address)
	{
		checks_[count_++].addr = address;
		if (count_ == batch)
			finish();
	}
	void finish()
	{
		kapi_page pages[batch] = {};

		if (!count_)
			return;
		ops_.describe(t_, {checks_, count_}, pages);
		for (u32 i = 0; i < count_; i++) {
			used_ += pages[i].nr_pages != 0;
			on_node_ += pages[i].nr_pages != 0 && pages[i].node == nid_;
		}
		count_ = 0;
		kapi_cond_resched();
	}
	u64 used() const { return used_; }
	u64 on_node() const { return on_node_; }

private:
	static constexpr u32 batch = 16;

	const operations &ops_;
	const target &t_;
	s32 nid_;
	u32 count_ = 0;
	u64 used_ = 0;
	u64 on_node_ = 0;
	kapi_access_check checks_[batch] = {};
};

} // namespace

// Samples one page per stride, evenly over all counted memory, across the bounds of regions.
usage_estimate estimate_usage(const operations &ops, span<const target> targets,
			      const usage_question &question, prng &random)
{
	const u64 all = counted_bytes(targets, question) / page_bytes;
	const u64 stride = all / question.most_looks + (all % question.most_looks != 0);
	u64 next = random.below(stride); // next page to sample, from the next region's start
	u64 nr_looks = 0;
	usage_estimate found;

	for (const target &t : targets) {
		looks here{ops, t, question.nid};

		for (u32 i = 0; !t.gone && i < t.regions.count(); i++) {
			if (!is_counted(question, t, i))
				continue;
			const addr_range range = t.regions.range(i);
			const u64 pages = range.size() / page_bytes;
			for (; next < pages; next += stride, nr_looks++)
				here.at(range.start + next * page_bytes);
			next -= pages;
		}
		here.finish();
		found.used_bytes += here.used();
		found.node_bytes += here.on_node();
	}
	// Each sampled page stands for the same share of all counted memory.
	nr_looks = max(nr_looks, u64{1});
	const u64 all_bytes = saturating_mul(all, page_bytes);
	return {mul_div(all_bytes, found.used_bytes, nr_looks),
		mul_div(all_bytes, found.node_bytes, nr_looks)};
}

} // namespace damon
