// SPDX-License-Identifier: GPL-2.0
#include "core/region/region_table.hh"
#include <bit>

namespace damon {

status region_table::reserve(u32 capacity, bool with_hits)
{
	static_assert(bytes_per_region ==
		      2 * sizeof(u64) + sizeof(kapi_access_check) + 4 * sizeof(u32));
	if (capacity <= capacity_ && (hits_ || !with_hits))
		return ok;
	capacity = max(capacity, capacity_);
	with_hits |= hits_ != nullptr;

	const u64 bytes_of_hits = with_hits ? sizeof(hit_counters) : 0;
	region_table fresh;
	fresh.block_ = kapi_alloc(capacity * (bytes_per_region + bytes_of_hits));
	if (!fresh.block_)
		return errc::nomem;
	fresh.capacity_ = capacity;
	fresh.start_ = static_cast<u64 *>(fresh.block_);
	fresh.end_ = fresh.start_ + capacity;
	// SAFETY: the block is aligned for u64, and the size of every array is a multiple of the
	// alignment of the next one.
	fresh.checks_ = reinterpret_cast<kapi_access_check *>(fresh.end_ + capacity);
	fresh.nr_accesses_ = reinterpret_cast<u32 *>(fresh.checks_ + capacity);
	fresh.last_nr_accesses_ = fresh.nr_accesses_ + capacity;
	fresh.age_ = fresh.last_nr_accesses_ + capacity;
	fresh.subregion_hits_ = fresh.age_ + capacity;
	if (with_hits)
		fresh.hits_ = reinterpret_cast<hit_counters *>(fresh.subregion_hits_ + capacity);
	fresh.weights_ = weights_;
	fresh.copy_from(*this);
	swap(fresh);
	return ok;
}

void region_table::set_total(u64 bytes)
{
	constexpr u32 weight_bits = 31;
	const auto width = static_cast<u32>(std::bit_width(bytes));

	total_bytes_ = bytes;
	weight_shift_ = width > weight_bits ? width - weight_bits : 0;
}

void region_table::copy_from(const region_table &other)
{
	const u32 count = DAMON_CHECK(other.count_ <= capacity_) ? other.count_ : capacity_;

	count_ = 0;
	for (u32 i = 0; i < count; i++)
		append(other.range(i), capacity_, &other, i);
	set_total(other.total_bytes_);
	sweeps_ = other.sweeps_;
}

void region_table::reset(span<const addr_range> ranges)
{
	count_ = 0;
	set_ranges(ranges);
}

// Appends a region with the counts of region @index of @origin, or with none.  Entries from @limit
// on must not be written: if no other is free, extends the last region to the end of @range.
void region_table::append(addr_range range, u32 limit, const region_table *origin, u32 index)
{
	if (count_ >= limit) {
		if (count_)
			end_[count_ - 1] = range.end;
		return;
	}
	const u32 i = count_++;
	start_[i] = range.start;
	end_[i] = range.end;
	nr_accesses_[i] = origin ? origin->nr_accesses_[index] : 0;
	checks_[i].own = origin ? origin->checks_[index].own : u16{0};
	last_nr_accesses_[i] = origin ? origin->last_nr_accesses_[index] : 0;
	age_[i] = origin ? origin->age_[index] : 0;
	subregion_hits_[i] = 0;
	if (hits_)
		hits_[i] = origin ? origin->hits(index) : hit_counters{};
}

// Moves the regions to the end of the arrays, so that a forward pass may write more regions than it
// has read.
void region_table::move_to_top()
{
	const u32 by = capacity_ - count_;

	for (u32 i = count_; by && i-- > 0;)
		copy_region(i + by, i);
}

// Covering @nr_ranges adds at most one region for each hole and for each end of a range.
bool region_table::has_room_to_cover(u32 nr_ranges) const
{
	u64 wanted = 2 * u64{nr_ranges};

	for (u32 i = 1; i < count_; i++)
		wanted += end_[i - 1] != start_[i];
	return wanted <= capacity_ - count_;
}

// Merges adjacent regions with equal counts, and if that is not enough, all adjacent regions.
void region_table::make_room_to_cover(u32 nr_ranges)
{
	if (!has_room_to_cover(nr_ranges))
		merge(0, u64_max);
	if (!has_room_to_cover(nr_ranges))
		merge(u32_max, u64_max);
}

void region_table::set_ranges(span<const addr_range> ranges)
{
	make_room_to_cover(ranges.size());
	move_to_top();
	u32 in = capacity_ - count_;

	count_ = 0;
	for (const addr_range &range : ranges) {
		u64 covered = range.start;
		u32 successors = 0;

		for (; in < capacity_ && start_[in] < range.end; in++) {
			const addr_range old = this->range(in);
			if (old.end <= range.start)
				continue;
			const addr_range kept{max(old.start, range.start), min(old.end, range.end)};
			if (successors && covered < kept.start)
				append({covered, kept.start}, in);
			// A region that ends beyond this range stays: the next range may inherit
			// its counts.
			const bool spent = old.end <= range.end;
			append({successors++ ? kept.start : range.start, kept.end}, in + spent,
			       this, in);
			covered = kept.end;
			if (!spent)
				break;
		}
		if (!successors)
			append(range, in);
		else if (count_)
			end_[count_ - 1] = range.end;
	}
	// More than the sum of the ranges if a region had to be stretched over a gap.
	u64 total = 0;
	for (u32 i = 0; i < count_; i++)
		total += end_[i] - start_[i];
	set_total(total);
}

} // namespace damon
