// SPDX-License-Identifier: GPL-2.0
// The regions of one target: sorted, disjoint, page aligned, as a structure of arrays.
#pragma once
#include "core/region/subregion_hits.hh"
#include "core/region/hit_counters.hh"
#include "damonxx/lib/math.hh"
#include "damonxx/lib/own.hh"
#include "damonxx/lib/prng.hh"
#include "damonxx/lib/span.hh"

namespace damon {

// For the tuning of intervals: the accesses observed in an aggregation.
struct observed_events {
	u64 seen = 0;	// sum of pages * nr_accesses
	u64 pages = 0;	// all pages
};

// Which regions to split, and into how many pieces.
struct split_plan {
	u32 pieces = 2;		// 2 or 3
	u32 every = 1;		// splits one region in this many
	u32 offset = 0;		// index of the first region to split, below every
};

// The layout of kapi_access_check.own: the part of the region that contains the sampled page
// (4 bits), the number of checks of this aggregation that had a result (11 bits, saturating at
// most_checked), and whether any check was made.
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

// The data of a table: arrays with an entry for each region, in one block of memory, and values of
// the whole table.  A plain value, so that tables can swap it as a whole.
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
	u32 weight_shift_ = 0; // sizes >> weight_shift_ sum up to less than 2^32
	u32 count_ = 0;
	u32 capacity_ = 0;
	u32 first_picked_ = 0;
	u32 nr_picked_ = u32_max;
	u64 sweeps_ = 0; // checks planned per region in this aggregation, in 1/one_sweep
	probe_weights weights_;

	// Copies everything except the address and the outcome of the access check.
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

// Only reserve() allocates or fails.  While the kdamond runs, only it accesses the regions.
// Averages are weighted by size.
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

	// Makes room for @capacity regions, and for their hit counters if @with_hits; keeps the
	// present regions.  nomem: nothing has changed.
	status reserve(u32 capacity, bool with_hits = false);
	u32 capacity() const { return capacity_; }
	static constexpr u64 bytes_per_region = 3 * sizeof(u64) + 4 * sizeof(u32) + 8;
	bool has_hits() const { return hits_ != nullptr; }

	u32 count() const { return count_; }
	u64 total_bytes() const { return total_bytes_; }
	addr_range range(u32 i) const { return {start_[i], end_[i]}; }
	// How many samples of this aggregation found it accessed; after normalize(), as if all
	// samples of a full aggregation had had a result.
	u32 nr_accesses(u32 i) const { return nr_accesses_[i]; }
	// Access checks of this aggregation that had a result, and whether any check was made.
	u32 checked(u32 i) const { return check_state::checked(checks_[i].own); }
	bool sampled(u32 i) const { return check_state::made(checks_[i].own); }
	u32 last_nr_accesses(u32 i) const { return last_nr_accesses_[i]; }
	u32 age(u32 i) const { return age_[i]; }
	void reset_age(u32 i) { age_[i] = 0; }
	// nr_accesses over the last @aggr_samples samples; @left samples of this aggregation are
	// still to come.
	u32 moving_sum(u32 i, u64 left, u32 aggr_samples) const;
	// All zero if the table has no hit counters.
	hit_counters hits(u32 i) const { return hits_ ? hits_[i] : hit_counters{}; }

	// From now on ages and merging use weighted hits (unless all weights are zero) instead of
	// nr_accesses; needs hit counters.
	void score_by(const probe_weights &weights) { weights_ = weights; }
	// Clears the hit counters of probes >= @from.
	void forget_hits(u32 from);

	// Replaces all regions by one for each range.  Ranges are sorted, disjoint and page
	// aligned, here and below.
	void reset(span<const addr_range> ranges);
	// Keeps regions that overlap @ranges, with their counts, and covers @ranges completely:
	// stretches or clips the outer regions of each range, and adds new regions for holes.
	void set_ranges(span<const addr_range> ranges);
	// Copies the regions of @other, which must fit.
	void copy_from(const region_table &other);

	// One access check per region; the next sample makes those of picked_checks().
	kapi_access_check *access_checks() { return checks_; }
	const kapi_access_check *access_checks() const { return checks_; }
	span<kapi_access_check> picked_checks()
	{
		return span{checks_, count_}.from(first_picked_).first(nr_picked_);
	}
	u32 first_picked() const { return min(first_picked_, count_); }
	// Picks a random page, with uniform distribution, in each of up to @most regions from
	// @first on.
	void pick_checks(prng &random, u32 first = 0, u32 most = u32_max);
	// Marks @checks as busy: they could not be made.
	static void forget(span<kapi_access_check> checks);
	// Counts the outcomes of the picked checks; also adds them to @counts, by outcome, unless
	// it is null.
	void count_accesses(u64 *counts = nullptr);
	void count_hit(u32 i, u32 probe);

	// At the end of an aggregation: splits partly hot regions as find_subregions() does, and
	// sets the counts of the pieces accordingly.  Stops at @max_count regions.  Clears the
	// subregion hits.
	void split_by_subregion_hits(u32 certainty, u32 max_count);
	// After that: scales counts as if all @aggr_samples samples had had a result.
	void normalize(u32 aggr_samples);
	u32 max_score() const;
	void update_ages(u32 threshold);
	// Merges adjacent regions whose scores differ by at most @threshold, up to @size_limit
	// bytes.
	void merge(u32 threshold, u64 size_limit);
	// The counters of the aggregation that ended become the last ones.
	void shift_counters();
	// Adds the accesses observed in the last aggregation; in pages, so that sums fit.
	void add_events(observed_events &events) const;
	// Cuts at random between a tenth and nine tenths of a region.  Stops at @max_count regions.
	void split(const split_plan &plan, u32 max_count, prng &random);
	// Cuts regions larger than @size_limit (a multiple of the page size) into pieces of that
	// size.
	void cut_larger_than(u64 size_limit);
	// Cuts region @i at @address, a page boundary inside it; both parts keep its counts.
	// False: no room; nothing has changed.
	bool cut_at(u32 i, u64 address);
	// Undoes a cut at @address if both parts are still adjacent, have the same counts and age,
	// and together are at most @size_limit bytes.
	void rejoin_at(u64 address, u64 size_limit);
	// Converts counts and ages to other intervals and starts a new aggregation.
	struct rescaling {
		u64 left; // samples still to come in the old aggregation
		u32 old_aggr_samples, new_aggr_samples;
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
