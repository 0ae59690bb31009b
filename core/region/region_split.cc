// SPDX-License-Identifier: GPL-2.0
// Region tables: splitting regions.
#include "core/region/region_table.hh"

namespace damon {

// Cuts region i into @plan.pieces(i) parts.  Part k >= 1 starts at @plan.cut(i, k, end), where end
// is the end of part k; cut() is called once for each k, in descending order.  Part k gets the
// count @plan.nr_accesses(i, k).  One pass, in place and backward: the write index never falls
// below the read index.  Stops cutting when @max_count is reached.
template <typename Plan> void region_table::subdivide(const Plan &plan, u32 max_count)
{
	const u32 room = max(min(capacity_, max_count), count_) - count_;
	u64 wanted = 0;

	for (u32 i = 0; i < count_; i++)
		wanted += plan.pieces(i) - 1;

	auto extra = static_cast<u32>(min(wanted, u64{room}));
	u32 out = count_ + extra;
	count_ = out;
	for (u32 i = out - extra; extra && i-- > 0;) {
		const u32 pieces = min(plan.pieces(i), extra + 1);
		u64 end = end_[i];

		extra -= pieces - 1;
		for (u32 piece = pieces - 1; piece > 0; piece--) {
			const u64 cut = plan.cut(i, piece, end);
			copy_region(--out, i);
			nr_accesses_[out] = plan.nr_accesses(i, piece);
			start_[out] = cut;
			end_[out] = end;
			end = cut;
		}
		copy_region(--out, i);
		nr_accesses_[out] = plan.nr_accesses(i, 0);
		end_[out] = end;
	}
}

void region_table::split(const split_plan &plan, u32 max_count, prng &random)
{
	struct random_cuts {
		const region_table &table;
		const split_plan &plan;
		prng &random;

		u32 pieces(u32 i) const
		{
			const u64 pages = (table.end_[i] - table.start_[i]) / page_bytes;
			if (pages <= 2 || (plan.every > 1 && i % plan.every != plan.offset))
				return 1;
			return pages < plan.pieces + 2 ? 2 : plan.pieces;
		}
		u32 nr_accesses(u32 i, u32) const { return table.nr_accesses_[i]; }
		// The next cuts are made in the part left of this cut, which must keep
		// @piece pages.
		u64 cut(u32 i, u32 piece, u64 end) const
		{
			const u64 start = table.start_[i];
			const u64 size = end - start;
			const u64 left =
				align_down(size / 10 + random.below(size / 10 * 8), page_bytes);
			return start + clamp(left, piece * page_bytes, size - page_bytes);
		}
	};
	subdivide(random_cuts{*this, plan, random}, max_count);
}

subregions region_table::subregions_of(u32 i, u32 certainty) const
{
	// With fewer pages than parts, cuts could coincide.
	if (end_[i] - start_[i] < subregion_parts * page_bytes)
		return {};
	return find_subregions(subregion_hits_[i], nr_accesses_[i], checked(i), certainty);
}

void region_table::split_by_subregion_hits(u32 certainty, u32 max_count)
{
	struct subregion_cuts {
		const region_table &table;
		u32 certainty;

		subregions of(u32 i) const { return table.subregions_of(i, certainty); }
		u32 pieces(u32 i) const { return max(of(i).count, u32{1}); }
		u64 cut(u32 i, u32 piece, u64) const
		{
			const u64 size = table.end_[i] - table.start_[i];
			const u64 left = mul_div(size, of(i).piece[piece].start, subregion_parts);
			return table.start_[i] + align_down(left, page_bytes);
		}
		// Unseen and mixed pieces inherit the count of the whole region.
		u32 nr_accesses(u32 i, u32 piece) const
		{
			const subregions found = of(i);
			const auto is = found.count ? found.piece[piece].is : subregions::unseen;

			if (is == subregions::hot)
				return table.checked(i);
			return is == subregions::cold ? 0 : table.nr_accesses_[i];
		}
	};
	subdivide(subregion_cuts{*this, certainty}, max_count);
	for (u32 i = 0; i < count_; i++)
		subregion_hits_[i] = 0;
}

void region_table::cut_larger_than(u64 size_limit)
{
	struct even_cuts {
		const region_table &table;
		u64 size_limit;

		u32 pieces(u32 i) const
		{
			const u64 size = table.end_[i] - table.start_[i];
			return size <= size_limit ? 1 : saturate_u32((size - 1) / size_limit + 1);
		}
		u32 nr_accesses(u32 i, u32) const { return table.nr_accesses_[i]; }
		u64 cut(u32 i, u32 piece, u64) const
		{
			return table.start_[i] + piece * size_limit;
		}
	};
	subdivide(even_cuts{*this, size_limit}, capacity_);
}

// Subregion hits refer to parts of the whole region, so both pieces lose them.
bool region_table::cut_at(u32 i, u64 address)
{
	if (count_ >= capacity_ || !DAMON_CHECK(i < count_ && start_[i] < address &&
						address < end_[i] && address % page_bytes == 0))
		return false;
	for (u32 k = count_++; k > i; k--)
		copy_region(k, k - 1);
	end_[i] = address;
	start_[i + 1] = address;
	subregion_hits_[i] = 0;
	subregion_hits_[i + 1] = 0;
	return true;
}

} // namespace damon
