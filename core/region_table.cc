// SPDX-License-Identifier: GPL-2.0
#include "core/region_table.hh"
#include <bit>

namespace damon {

void region_table::swap(region_table &other)
{
	std::swap(start_, other.start_);
	std::swap(end_, other.end_);
	std::swap(checks_, other.checks_);
	std::swap(nr_accesses_, other.nr_accesses_);
	std::swap(last_nr_accesses_, other.last_nr_accesses_);
	std::swap(age_, other.age_);
	std::swap(subregion_hits_, other.subregion_hits_);
	std::swap(hits_, other.hits_);
	std::swap(block_, other.block_);
	std::swap(total_bytes_, other.total_bytes_);
	std::swap(weight_shift_, other.weight_shift_);
	std::swap(count_, other.count_);
	std::swap(capacity_, other.capacity_);
	std::swap(first_picked_, other.first_picked_);
	std::swap(nr_picked_, other.nr_picked_);
	std::swap(sweeps_, other.sweeps_);
	std::swap(weights_, other.weights_);
}

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
	// SAFETY: the block is aligned for u64, and every part's size is a multiple of the
	// next part's alignment.
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

// Of @samples, those that find region @i accessed, judged by the ones that could tell.  What
// cannot be checked does not make the rest look idle, but below a quarter of the planned looks
// the estimate fades out, so that one lucky look does not make a region hot.  A region that
// nobody was to look at stays what it was.
u32 region_table::estimate(u32 i, u64 samples) const
{
	const u64 planned = sweeps_ / one_sweep;
	const u64 told = checked(i) == most_checked ? max(planned, u64{most_checked}) : checked(i);
	const u64 base = max(max(told, planned / 4 + (planned % 4 != 0)), u64{1});
	const u64 hits = nr_accesses_[i];

	if (base == samples)
		return saturate_u32(min(hits, samples));
	return saturate_u32(min((hits * samples + base / 2) / base, samples));
}

u32 region_table::moving_sum(u32 i, u64 left, u32 aggr_samples) const
{
	// Most regions of most processes.
	if (!(nr_accesses_[i] | last_nr_accesses_[i]))
		return 0;
	if (!asked(i))
		return last_nr_accesses_[i];
	return saturate_u32(mul_div(last_nr_accesses_[i], left, aggr_samples) +
			    estimate(i, aggr_samples - min(left, u64{aggr_samples})));
}

void region_table::normalize(u32 aggr_samples)
{
	for (u32 i = 0; i < count_; i++) {
		nr_accesses_[i] = asked(i) ? estimate(i, aggr_samples)
					   : min(last_nr_accesses_[i], aggr_samples);
		checks_[i].own =
			static_cast<u16>(asked_bit | min(aggr_samples, most_checked) * one_look);
	}
	sweeps_ = aggr_samples * one_sweep;
}

void region_table::set_total(u64 bytes)
{
	constexpr u32 weight_bits = 31;
	const auto width = static_cast<u32>(std::bit_width(bytes));

	total_bytes_ = bytes;
	weight_shift_ = width > weight_bits ? width - weight_bits : 0;
}

void region_table::copy_region(u32 to, u32 from)
{
	start_[to] = start_[from];
	end_[to] = end_[from];
	nr_accesses_[to] = nr_accesses_[from];
	checks_[to].own = checks_[from].own;
	last_nr_accesses_[to] = last_nr_accesses_[from];
	age_[to] = age_[from];
	subregion_hits_[to] = subregion_hits_[from];
	if (hits_)
		hits_[to] = hits_[from];
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

// Adds a region behind the last one: with the counts of region @index of @origin, or new.
// Entries from @limit on must not be written; then the last region is stretched instead.
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

// Leaves the free entries below, so that a forward pass may write more than it read.
void region_table::move_to_top()
{
	const u32 by = capacity_ - count_;

	for (u32 i = count_; by && i-- > 0;)
		copy_region(i + by, i);
}

// Covering @nr_ranges takes a region for each hole and for each end of a range.
bool region_table::has_room_to_cover(u32 nr_ranges) const
{
	u64 wanted = 2 * u64{nr_ranges};

	for (u32 i = 1; i < count_; i++)
		wanted += end_[i - 1] != start_[i];
	return wanted <= capacity_ - count_;
}

// Neighbours become one, equal ones first, and if that does not do, whatever their counts.
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
			// What reaches beyond this range stays for the next one to inherit from.
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
	// Not the sum of the ranges where a region had to be stretched over a gap.
	u64 total = 0;
	for (u32 i = 0; i < count_; i++)
		total += end_[i] - start_[i];
	set_total(total);
}

// Here and below: what does not change is kept out of memory, as stores might change it for
// all the compiler knows.
void region_table::pick_checks(prng &random, u32 first, u32 most)
{
	const u64 *const starts = start_;
	const u64 *const ends = end_;
	kapi_access_check *const checks = checks_;
	prng own_random = random;

	first_picked_ = first;
	nr_picked_ = most;
	const u32 begin = min(first, count_);
	const u32 end = begin + picked_checks().size();
	for (u32 i = begin; i < end; i++) {
		const u64 start = starts[i];
		const u64 place = own_random.next();
		checks[i].addr =
			align_down(start + in_proportion(place, ends[i] - start), page_bytes);
		checks[i].own = static_cast<u16>((checks[i].own & ~part_mask) |
						 place >> (64 - subregion_part_bits));
	}
	random = own_random;
}

void region_table::forget(span<kapi_access_check> checks)
{
	for (kapi_access_check &check : checks)
		check.outcome = KAPI_BUSY;
}

void region_table::count_accesses(u64 *tally)
{
	const span<kapi_access_check> checks = picked_checks();
	constexpr u32 last_look = asked_bit | most_checked * one_look;
	static_assert(KAPI_IDLE % 2 == 0 && KAPI_ACCESSED == KAPI_IDLE + 1);
	u64 found[KAPI_NR_OUTCOMES] = {};
	u64 nr_accessed = 0;

	if (checks.empty())
		return;
	const u32 first = first_picked();
	kapi_access_check *const check = checks.begin();
	u32 *const nr_accesses = nr_accesses_ + first;
	subregion_hits *const seen = subregion_hits_ + first;
	const u32 count = checks.size();
	for (u32 i = 0; i < count; i++) {
		const u8 outcome = check[i].outcome;
		const u32 own = check[i].own | asked_bit;
		const u32 accessed = outcome & 1;

		if (outcome < KAPI_IDLE) [[unlikely]] {
			found[outcome]++;
			check[i].own = static_cast<u16>(own);
			continue;
		}
		nr_accesses[i] += accessed;
		nr_accessed += accessed;
		seen[i] |= subregion_hit(own & part_mask, accessed);
		check[i].own = static_cast<u16>(own < last_look ? own + one_look : own);
	}
	found[KAPI_ACCESSED] = nr_accessed;
	found[KAPI_IDLE] = count - found[KAPI_ACCESSED] - found[KAPI_ABSENT] - found[KAPI_BUSY];
	sweeps_ += one_sweep * count / count_;
	for (u32 outcome = 0; tally && outcome < KAPI_NR_OUTCOMES; outcome++)
		tally[outcome] += found[outcome];
}

void region_table::count_hit(u32 i, u32 probe)
{
	if (hits_ && hits_[i].now[probe] < 255)
		hits_[i].now[probe]++;
}

void region_table::forget_hits(u32 from)
{
	for (u32 i = 0; hits_ && i < count_; i++)
		for (u32 probe = from; probe < max_probes; probe++)
			hits_[i].now[probe] = hits_[i].last[probe] = 0;
}

u32 region_table::max_score() const
{
	u32 most = 0;

	for (u32 i = 0; i < count_; i++)
		most = max(most, score(i));
	return most;
}

void region_table::update_ages(u32 threshold)
{
	for (u32 i = 0; i < count_; i++) {
		const u32 now = score(i);
		const u32 before = last_score(i);

		if (distance(now, before) > threshold || !now != !before)
			age_[i] = 0;
		else if (age_[i] < u32_max)
			age_[i]++;
	}
}

// Neighbours on their way to become one region: sums of count * weight, so that rounding
// happens once, however many are joined.  Weights sum up to less than 2^32 by weight_shift_
// (tables are far smaller than 2^31 regions), so the sums fit.
struct region_table::cluster {
	addr_range range;
	u64 weight;
	u64 score;		// the sums, or the values themselves while members == 1
	u64 nr_accesses;
	u64 checked;
	u64 last_nr_accesses;
	u64 age;
	u32 members;
	u32 asked;		// asked_bit or 0
};

region_table::cluster region_table::first_of_cluster(u32 i) const
{
	return {range(i),	 0,	     score(i),
		nr_accesses_[i], checked(i), last_nr_accesses_[i],
		age_[i],	 1,	     checks_[i].own & asked_bit};
}

bool region_table::joinable(const cluster &left, u32 right, u32 threshold, u64 size_limit) const
{
	if (left.range.end != start_[right] || end_[right] - left.range.start > size_limit)
		return false;
	if (left.members == 1)
		return distance(left.score, score(right)) <= threshold;
	return distance(left.score, score(right) * left.weight) <= threshold * left.weight;
}

void region_table::absorb(cluster &left, u32 right) const
{
	const u64 weight = weight_of(end_[right] - start_[right]);

	if (left.members++ == 1) {
		left.weight = weight_of(left.range.size());
		left.score *= left.weight;
		left.nr_accesses *= left.weight;
		left.checked *= left.weight;
		left.last_nr_accesses *= left.weight;
		left.age *= left.weight;
	}
	left.range.end = end_[right];
	left.weight += weight;
	left.score += score(right) * weight;
	left.nr_accesses += nr_accesses_[right] * weight;
	left.checked += checked(right) * weight;
	left.asked |= checks_[right].own & asked_bit;
	left.last_nr_accesses += last_nr_accesses_[right] * weight;
	left.age += age_[right] * weight;
}

void region_table::store(u32 i, const cluster &merged)
{
	const u64 divisor = merged.weight;

	start_[i] = merged.range.start;
	end_[i] = merged.range.end;
	if (merged.members == 1) {
		nr_accesses_[i] = static_cast<u32>(merged.nr_accesses);
		checks_[i].own = static_cast<u16>(merged.checked * one_look | merged.asked);
		last_nr_accesses_[i] = static_cast<u32>(merged.last_nr_accesses);
		age_[i] = static_cast<u32>(merged.age);
		return;
	}
	nr_accesses_[i] = static_cast<u32>(merged.nr_accesses / divisor);
	checks_[i].own = static_cast<u16>(merged.checked / divisor * one_look | merged.asked);
	last_nr_accesses_[i] = static_cast<u32>(merged.last_nr_accesses / divisor);
	age_[i] = static_cast<u32>(merged.age / divisor);
}

// Region @out gets the mean hits of @members regions from @first on, which it may overwrite
// afterwards: @out is not above @first.
void region_table::join_hits(u32 out, u32 first, u32 members)
{
	u64 now[max_probes] = {};
	u64 last[max_probes] = {};
	u64 weights = 0;

	if (members == 1) {
		hits_[out] = hits_[first];
		return;
	}
	for (u32 i = first; i < first + members; i++) {
		const u64 weight = weight_of(end_[i] - start_[i]);
		weights += weight;
		for (u32 probe = 0; probe < max_probes; probe++) {
			now[probe] += hits_[i].now[probe] * weight;
			last[probe] += hits_[i].last[probe] * weight;
		}
	}
	for (u32 probe = 0; probe < max_probes; probe++) {
		hits_[out].now[probe] = static_cast<u8>(now[probe] / weights);
		hits_[out].last[probe] = static_cast<u8>(last[probe] / weights);
	}
}

// One pass, in place: the write index never passes the read index.
void region_table::merge(u32 threshold, u64 size_limit)
{
	if (!count_)
		return;

	cluster open = first_of_cluster(0);
	u32 out = 0;
	const auto close = [&](u32 in) {
		if (hits_)
			join_hits(out, in - open.members, open.members);
		store(out++, open);
	};

	for (u32 in = 1; in < count_; in++) {
		if (joinable(open, in, threshold, size_limit)) {
			absorb(open, in);
		} else {
			close(in);
			open = first_of_cluster(in);
		}
	}
	close(count_);
	count_ = out;
}

void region_table::shift_counters()
{
	for (u32 i = 0; i < count_; i++) {
		last_nr_accesses_[i] = nr_accesses_[i];
		nr_accesses_[i] = 0;
		checks_[i].own = 0;
	}
	sweeps_ = 0;
	for (u32 i = 0; hits_ && i < count_; i++) {
		hit_counters fresh;
		for (u32 probe = 0; probe < max_probes; probe++)
			fresh.last[probe] = hits_[i].now[probe];
		hits_[i] = fresh;
	}
}

void region_table::add_events(observed_events &events) const
{
	events.pages = saturating_add(events.pages, total_bytes_ / page_bytes);
	for (u32 i = 0; i < count_; i++) {
		const u64 pages = (end_[i] - start_[i]) / page_bytes;
		events.seen = saturating_add(events.seen,
					     saturating_mul(pages, last_nr_accesses_[i]));
	}
}

// Cuts region i into @plan.pieces(i) parts; part k >= 1 of n begins at @plan.cut(i, k, n),
// asked for once each and downwards, and has been accessed @plan.nr_accesses(i, k) times.  One
// pass, in place and backward: the write index never falls below the read index.  Stops
// cutting when @max_count is reached.
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
		// The part left of the last cut is what is cut next, so @piece pages must
		// remain there.
		u64 cut(u32 i, u32 piece, u64 end) const
		{
			const u64 start = table.start_[i];
			const u64 size = end - start;
			const u64 left = align_down(size / 10 + random.below(size / 10 * 8),
						    page_bytes);
			return start + clamp(left, piece * page_bytes, size - page_bytes);
		}
	};
	subdivide(random_cuts{*this, plan, random}, max_count);
}

subregions region_table::subregions_of(u32 i, u32 certainty) const
{
	// With fewer pages than parts, borders could meet.
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
		// Without a clear answer, what the region as a whole has seen.
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

// Evidence is of parts of a region as it was: neither half has any.
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

bool region_table::are_alike(u32 i, u32 k) const
{
	return age_[i] == age_[k] && nr_accesses_[i] == nr_accesses_[k] &&
	       last_nr_accesses_[i] == last_nr_accesses_[k] && checked(i) == checked(k) &&
	       asked(i) == asked(k) && hits(i) == hits(k);
}

void region_table::rejoin_at(u64 address, u64 size_limit)
{
	u32 low = 1;	// the first region that can be the right one
	u32 high = count_;

	while (low < high) {
		const u32 middle = low + (high - low) / 2;
		if (start_[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low >= count_ || start_[low] != address || end_[low - 1] != address ||
	    end_[low] - start_[low - 1] > size_limit || !are_alike(low - 1, low))
		return;
	end_[low - 1] = end_[low];
	subregion_hits_[low - 1] = 0;
	count_--;
	for (u32 k = low; k < count_; k++)
		copy_region(k, k + 1);
}

void region_table::rescale(const rescaling &scale)
{
	for (u32 i = 0; i < count_; i++) {
		const u32 sum = moving_sum(i, scale.left, scale.old_aggr_samples);
		const u64 age = mul_div(age_[i], scale.old_aggr_us, scale.new_aggr_us);

		last_nr_accesses_[i] =
			saturate_u32(mul_div(sum, scale.new_aggr_samples, scale.old_aggr_samples));
		nr_accesses_[i] = 0;
		subregion_hits_[i] = 0;
		checks_[i].own = 0;
		age_[i] = saturate_u32(age);
	}
	sweeps_ = 0;
	for (u32 i = 0; hits_ && i < count_; i++) {
		hit_counters fresh;
		for (u32 probe = 0; probe < max_probes; probe++) {
			const u64 sum =
				hits_[i].moving_sum(probe, scale.left, scale.old_aggr_samples);
			const u64 scaled =
				mul_div(sum, scale.new_aggr_samples, scale.old_aggr_samples);
			fresh.last[probe] = static_cast<u8>(min(scaled, u64{255}));
		}
		hits_[i] = fresh;
	}
}

} // namespace damon
