// SPDX-License-Identifier: GPL-2.0
// The regions of one target: sorted, disjoint, page aligned, in arrays side by side.
#pragma once
#include "core/region/subregion_hits.hh"
#include "core/region/hit_counters.hh"
#include "damonxx/lib/math.hh"
#include "damonxx/lib/own.hh"
#include "damonxx/lib/prng.hh"
#include "damonxx/lib/span.hh"

namespace damon {

// Pages, times how often they were seen accessed; and all pages.
struct observed_events {
	u64 seen = 0;
	u64 pages = 0;
};

// Which regions a split touches.
struct split_plan {
	u32 pieces = 2;		// 2 or 3
	u32 every = 1;		// one region in this many
	u32 offset = 0;		// the first one's index, below every
};

// What a table keeps in kapi_access_check.own: the part of the region that the sampled page is in
// (4 bits), how many checks of this aggregation told something (11 bits), and whether any was made.
// More checks than fit count as most_checked.
struct check_state {
	static constexpr u32 part_mask = subregion_parts - 1;
	static constexpr u32 one_check = subregion_parts;
	static constexpr u32 made_bit = u32{1} << 15;
	static constexpr u32 most_checked = made_bit / one_check - 1;

	static constexpr u32 part(u32 own) { return own & part_mask; }
	static constexpr u32 checked(u32 own) { return own % made_bit / one_check; }
	static constexpr bool made(u32 own) { return own & made_bit; }
	static constexpr u16 of(u64 checked, bool made)
	{
		return static_cast<u16>(checked * one_check | (made ? made_bit : 0));
	}
};

// The data of a table: columns in one block of memory, an entry for each region, and what all of
// them share.  A plain value, which a table swaps as a whole.
struct region_columns {
	u64 *start_ = nullptr;
	u64 *end_ = nullptr;
	kapi_access_check *checks_ = nullptr;
	u32 *nr_accesses_ = nullptr;
	u32 *last_nr_accesses_ = nullptr;
	u32 *age_ = nullptr;
	subregion_hits *subregion_hits_ = nullptr; // of this aggregation
	hit_counters *hits_ = nullptr;		   // null: no probe is configured
	void *block_ = nullptr;
	u64 total_bytes_ = 0;
	u32 weight_shift_ = 0; // sizes shifted by it sum up to less than 2^32
	u32 count_ = 0;
	u32 capacity_ = 0;
	u32 first_picked_ = 0;
	u32 nr_picked_ = u32_max;
	u64 sweeps_ = 0; // over all regions in this aggregation, in 1/one_sweep
	probe_weights weights_;

	// All but the outcome of the access check.
	void copy_region(u32 to, u32 from)
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
};

// Memory is one block made by reserve(); nothing else here allocates or fails.  Only the
// kdamond touches a table once it runs.  Averages are weighted by size.
class region_table : private region_columns {
public:
	region_table() = default;
	region_table(region_table &&other) { swap(other); }
	region_table &operator=(region_table &&other)
	{
		region_table old{move(*this)};
		swap(other);
		return *this;
	}
	~region_table() { kapi_free(block_); }
	void swap(region_table &other) { std::swap<region_columns>(*this, other); }

	// Room for @capacity regions, @with_hits also for their hits of probes; the present ones
	// are kept.
	status reserve(u32 capacity, bool with_hits = false);
	u32 capacity() const { return capacity_; }
	static constexpr u64 bytes_per_region = 3 * sizeof(u64) + 4 * sizeof(u32) + 8;
	bool has_hits() const { return hits_ != nullptr; }

	u32 count() const { return count_; }
	u64 total_bytes() const { return total_bytes_; }
	addr_range range(u32 i) const { return {start_[i], end_[i]}; }
	// Samples of this aggregation that found it accessed; once normalized, of a full aggregation.
	u32 nr_accesses(u32 i) const { return nr_accesses_[i]; }
	// Access checks of this aggregation that told something, and whether any was made.
	u32 checked(u32 i) const { return check_state::checked(checks_[i].own); }
	bool sampled(u32 i) const { return check_state::made(checks_[i].own); }
	u32 last_nr_accesses(u32 i) const { return last_nr_accesses_[i]; }
	u32 age(u32 i) const { return age_[i]; }
	void reset_age(u32 i) { age_[i] = 0; }
	// The count over the last @aggr_samples samples; @left of this aggregation are still to come.
	u32 moving_sum(u32 i, u64 left, u32 aggr_samples) const;
	// All zero without room for them.
	hit_counters hits(u32 i) const { return hits_ ? hits_[i] : hit_counters{}; }

	// Ages and merging use the weighted hits from now on, instead of accesses; needs room for hits.
	void score_by(const probe_weights &weights) { weights_ = weights; }
	// Clears the hit counters of probes >= @from.
	void forget_hits(u32 from);

	// Forgets all regions and makes one of each range.  Ranges are sorted, disjoint and
	// aligned, here and below.
	void reset(span<const addr_range> ranges);
	// Keeps what overlaps @ranges, with its counts, and covers them fully: the outer
	// regions of each range are stretched or clipped, holes become new regions.
	void set_ranges(span<const addr_range> ranges);
	// Takes over the regions of @other, which fit.
	void copy_from(const region_table &other);

	// One access check per region; picked_checks() are those that the next sample makes.
	kapi_access_check *access_checks() { return checks_; }
	const kapi_access_check *access_checks() const { return checks_; }
	span<kapi_access_check> picked_checks()
	{
		return span{checks_, count_}.from(first_picked_).first(nr_picked_);
	}
	u32 first_picked() const { return min(first_picked_, count_); }
	// Chooses a page in every region from @first on, in @most at the most, each page with
	// the same chance.
	void pick_checks(prng &random, u32 first = 0, u32 most = u32_max);
	// Marks @checks as busy: they could not be made.
	static void forget(span<kapi_access_check> checks);
	// Counts the outcomes of the picked checks; adds them to @counts, too, which has an entry for each.
	void count_accesses(u64 *counts = nullptr);
	void count_hit(u32 i, u32 probe);

	// The end of an aggregation: cuts regions that were partly hot where that is certain (see
	// find_subregions()), and says so in the counts of the pieces.  Leaves @max_count at the
	// most.  Clears the subregion hits.
	void split_by_subregion_hits(u32 certainty, u32 max_count);
	// Then: scales counts to an aggregation of @aggr_samples samples that all told something.
	void normalize(u32 aggr_samples);
	u32 max_score() const;
	void update_ages(u32 threshold);
	// Joins neighbours whose scores differ by at most @threshold, up to @size_limit bytes.
	void merge(u32 threshold, u64 size_limit);
	// The aggregation that ended becomes the last one.
	void shift_counters();
	// Adds what the last aggregation saw; in pages, so that sums fit.
	void add_events(observed_events &events) const;
	// Cuts at random between a tenth and nine tenths, and leaves @max_count at the most.
	void split(const split_plan &plan, u32 max_count, prng &random);
	// Cuts what is larger than @size_limit (a multiple of the page size) into such pieces.
	void cut_larger_than(u64 size_limit);
	// Cuts region @i at @address, a page's start inside of it; both parts keep its counts.  False:
	// there is no room, and nothing has changed.
	bool cut_at(u32 i, u64 address);
	// Joins what was cut at @address if both parts still touch, have the same counts and age, and
	// are not above @size_limit together.
	void rejoin_at(u64 address, u64 size_limit);
	// Converts counts and ages to other intervals; a new aggregation begins.
	struct rescaling {
		u64 left;				// samples to come in the old aggregation
		u32 old_aggr_samples, new_aggr_samples; // samples
		u64 old_aggr_us, new_aggr_us;
	};
	void rescale(const rescaling &scale);

private:
	struct cluster;

	static constexpr u64 one_sweep = 1 << 16;

	u32 estimate(u32 i, u64 samples) const;
	u32 score(u32 i) const { return scores_hits() ? weights_.score(hits_[i].now) : nr_accesses_[i]; }
	u32 last_score(u32 i) const
	{
		return scores_hits() ? weights_.score(hits_[i].last) : last_nr_accesses_[i];
	}
	bool scores_hits() const { return hits_ && weights_.any(); }
	u64 weight_of(u64 bytes) const { return max(bytes >> weight_shift_, u64{1}); }
	void set_total(u64 bytes);
	subregions subregions_of(u32 i, u32 certainty) const;
	cluster first_of_cluster(u32 i) const;
	bool joinable(const cluster &left, u32 right, u32 threshold, u64 size_limit) const;
	void absorb(cluster &left, u32 right) const;
	void store(u32 i, const cluster &merged);
	void join_hits(u32 out, u32 first, u32 members);
	void append(addr_range range, u32 limit, const region_table *origin = nullptr,
		    u32 index = 0);
	bool are_alike(u32 i, u32 k) const;
	bool has_room_to_cover(u32 nr_ranges) const;
	void make_room_to_cover(u32 nr_ranges);
	void move_to_top();
	template <typename Plan> void subdivide(const Plan &plan, u32 max_count);
};

} // namespace damon
