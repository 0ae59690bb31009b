// SPDX-License-Identifier: GPL-2.0
// One table of regions under any sequence of operations, beside the model of table_model.hh.
#include "table_model.hh"

#include <algorithm>

namespace fuzz {
namespace {

using damon::addr_range;
using damon::prng;

constexpr u32 most_ranges = 12;
constexpr u32 most_regions = 2000;

class table_run {
public:
	explicit table_run(choices &in) : table_run{in, in.number()} {}

	void run()
	{
		// So that anything fits that one operation makes, unless told otherwise.
		reserve(64);
		table_.score_by(model_.weights);
		table_.reset(as_span(renew_ranges()));
		model_.set_ranges(ranges_);
		compare("reset");
		for (u32 steps = 0; steps < 60 && in_.any_left(); steps++)
			step();
	}

private:
	// The seed also says whether there are probes, and whether they have weights.
	table_run(choices &in, u64 seed) : in_{in}, random_{seed}, has_hits_{(seed & 1) != 0}
	{
		if ((seed & 3) == 3)
			model_.weights = {{1, 30, 0, 1'000'000}};
		// So large that sums do not fit in 32 bits.
		if ((seed & 7) == 7)
			model_.weights = {{0, 3, ~u32{0}, 20'000'000}};
	}

	void compare(const char *what)
	{
		must_be_sound(table_, what);
		must_equal(table_, model_, what);
	}

	const std::vector<addr_range> &renew_ranges()
	{
		return ranges_ = sorted_ranges(in_, most_ranges);
	}

	// What was left to chance.
	void take_over()
	{
		model_.regions = table_model::of(table_).regions;
	}

	void reserve(u32 capacity)
	{
		if (capacity > table_.capacity())
			MUST(table_.reserve(capacity, has_hits_).is_ok(), capacity);
	}
	void make_room(u64 count) { reserve(static_cast<u32>(std::min<u64>(count, most_regions))); }

	void step()
	{
		switch (in_.below(14)) {
		case 0:
		case 1:
			return count();
		case 2:
			return merge();
		case 3:
			return split();
		case 4:
			return cut();
		case 5:
			return set_ranges();
		case 6:
			return update_ages();
		case 7:
			table_.shift_counters();
			model_.shift();
			return compare("shift_counters");
		case 8:
			return rescale();
		case 9:
			return moving_sums();
		case 10:
			return pick_checks();
		case 11:
			return reserve_without_memory();
		case 12:
			return normalize();
		default:
			return copy();
		}
	}

	// A few regions are accessed some times, chosen by the bits of a number.
	void count()
	{
		const u64 accessed = in_.number();
		const u32 times = static_cast<u32>(in_.below(24));

		damon::region_table::forget(table_.picked_checks());
		table_.count_accesses();
		for (u32 i = 0; i < table_.count(); i++) {
			const bool hit = accessed >> i % 64 & 1;
			table_.access_checks()[i].outcome = hit ? KAPI_ACCESSED : KAPI_IDLE;
			model_.regions[i].now += hit ? times : 0;
			// No aggregation has that many samples.
			model_.regions[i].checked = std::min(model_.regions[i].checked + times, most_checked);
			model_.regions[i].asked = true;
			if (hit && has_hits_)
				count_hits(i, times);
		}
		for (u32 i = 0; i < times; i++)
			table_.count_accesses();
		model_.rounds += table_.count() ? times + 1 : 0;
		compare("count_accesses");
		u32 most = 0;
		for (const model_region &r : model_.regions)
			most = std::max(most, model_.score(r));
		MUST(table_.max_score() == most, table_.max_score(), most);
	}

	void count_hits(u32 i, u32 times)
	{
		const u32 probe = (i + times) % damon::max_probes;
		u8 &now = model_.regions[i].hits.now[probe];

		now = static_cast<u8>(std::min(now + times, 255u));
		for (u32 k = 0; k < times; k++)
			table_.count_hit(i, probe);
	}

	void merge()
	{
		const u32 threshold = in_.number_u32();
		const u64 limit = in_.flip() ? in_.number() : in_.number() << 20;

		table_.merge(threshold, limit);
		model_.merge(threshold, limit);
		compare("merge");
	}

	void update_ages()
	{
		const u32 threshold = in_.number_u32();

		table_.update_ages(threshold);
		model_.update_ages(threshold);
		compare("update_ages");
	}

	void normalize()
	{
		const u32 aggr_samples = in_.number_u32();

		table_.normalize(aggr_samples);
		model_.normalize(aggr_samples);
		compare("normalize");
	}

	// Which pieces @r may become.
	static u32 subregions_of(const model_region &r, size_t i, const damon::split_plan &plan)
	{
		if (r.size() <= 2 * page || i % plan.every != plan.offset)
			return 1;
		return r.size() < (plan.pieces + 2) * page ? 2 : plan.pieces;
	}

	void split()
	{
		damon::split_plan plan;
		plan.pieces = in_.flip() ? 3 : 2;
		plan.every = 1 + static_cast<u32>(in_.below(5));
		plan.offset = static_cast<u32>(in_.below(plan.every));
		make_room(in_.flip() ? 3 * table_.count() : 0);
		const u32 most = static_cast<u32>(in_.flip() ? in_.below(64) : most_regions);
		u64 wanted = 0;

		for (size_t i = 0; i < model_.regions.size(); i++)
			wanted += subregions_of(model_.regions[i], i, plan) - 1;
		const u32 before = table_.count();
		const u64 room = std::max(std::min(table_.capacity(), most), before) - before;

		table_.split(plan, most, random_);
		must_be_sound(table_, "split");
		must_be_parts_of(table_, model_, "split");
		MUST(table_.count() == before + std::min(wanted, room), before, wanted, room,
		     table_.count());
		if (wanted <= room)
			check_pieces(plan);
		take_over();
	}

	// As many as planned, the right one between a tenth and nine tenths of the whole.
	void check_pieces(const damon::split_plan &plan)
	{
		u32 at = 0;

		for (size_t i = 0; i < model_.regions.size(); i++) {
			const model_region &r = model_.regions[i];
			const u32 pieces = subregions_of(r, i, plan);
			const u32 last = at + pieces - 1;

			MUST(table_.range(at).start == r.start, i, r.start);
			MUST(table_.range(last).end == r.end, i, r.end);
			at += pieces;
			if (pieces == 1)
				continue;
			const u64 cut = table_.range(last).start - r.start;
			MUST(cut + page >= r.size() / 10 && cut >= (pieces - 1) * page, i, cut,
			     r.size());
			MUST(cut <= r.size() / 10 * 9 + 9 || cut == (pieces - 1) * page, i, cut,
			     r.size());
		}
	}

	void cut()
	{
		const u64 limit = (1 + (in_.flip() ? in_.below(64) : in_.number() >> 14)) * page;
		const u64 wanted = model_.count_after_cut(limit);

		make_room(in_.flip() ? wanted : 0);
		const u32 before = table_.count();
		table_.cut_larger_than(limit);
		must_be_sound(table_, "cut_larger_than");
		must_be_parts_of(table_, model_, "cut_larger_than");
		if (wanted <= table_.capacity()) {
			model_.cut(limit);
			must_equal(table_, model_, "cut_larger_than");
		} else {
			MUST(table_.count() == table_.capacity(), before, wanted, table_.count());
			take_over();
		}
	}

	// A table grows by as many regions as there are holes in it and ranges to cover.
	void set_ranges()
	{
		const u64 room = table_.count() + holes() + 2 * renew_ranges().size();

		if (in_.below(8))
			make_room(room);
		if (room > table_.capacity())
			return set_ranges_without_room();
		model_.set_ranges(ranges_);
		table_.set_ranges(as_span(ranges_));
		compare("set_ranges");
	}

	u64 holes() const
	{
		u64 count = 0;

		for (size_t i = 1; i < model_.regions.size(); i++)
			count += model_.regions[i - 1].end != model_.regions[i].start;
		return count;
	}

	// Neighbours are joined, and what still does not fit is stretched over or left out.
	void set_ranges_without_room()
	{
		table_.set_ranges(as_span(ranges_));
		must_be_sound(table_, "set_ranges, full");
		for (u32 i = 0; i < table_.count(); i++)
			MUST(ranges_.front().start <= table_.range(i).start &&
				     table_.range(i).end <= ranges_.back().end,
			     i);
		take_over();
	}

	void rescale()
	{
		damon::region_table::rescaling scale;

		scale.old_aggr_samples = std::max(in_.number_u32(), 1u);
		scale.new_aggr_samples = std::max(in_.number_u32(), 1u);
		scale.left = in_.below(u64{scale.old_aggr_samples} + 1);
		scale.old_aggr_us = std::max(in_.number(), 1ULL);
		scale.new_aggr_us = std::max(in_.number(), 1ULL);
		table_.rescale(scale);
		model_.rescale(scale);
		compare("rescale");
	}

	void moving_sums()
	{
		const u32 aggr_samples = std::max(in_.number_u32(), 1u);
		const u64 left = in_.below(u64{aggr_samples} + 1);

		for (u32 i = 0; i < table_.count(); i++)
			MUST(table_.moving_sum(i, left, aggr_samples) ==
				     model_.moving_sum(i, left, aggr_samples),
			     i, left, aggr_samples);
		if (table_.count() == 0)
			return;
		const u32 chosen = static_cast<u32>(in_.below(table_.count()));
		table_.reset_age(chosen);
		model_.regions[chosen].age = 0;
		compare("reset_age");
	}

	void pick_checks()
	{
		table_.pick_checks(random_);
		for (u32 i = 0; i < table_.count(); i++) {
			const u64 addr = table_.access_checks()[i].addr;
			const addr_range range = table_.range(i);
			MUST(range.start <= addr && addr < range.end && addr % page == 0, addr);
		}
		compare("pick_checks");
	}

	void reserve_without_memory()
	{
		const u32 capacity = table_.capacity();

		host::fail_nth(1);
		const damon::status grown = table_.reserve(capacity + 1);
		MUST(grown.is(damon::errc::nomem));
		host::fail_nth(0);
		MUST(table_.capacity() == capacity);
		compare("reserve");
		if (capacity < most_regions)
			reserve(capacity + 1);
		compare("reserve");
	}

	void copy()
	{
		damon::region_table other;

		const u32 capacity = table_.count() + static_cast<u32>(in_.below(3));

		MUST(other.reserve(capacity, has_hits_).is_ok());
		other.score_by(model_.weights);
		other.copy_from(table_);
		must_equal(other, model_, "copy_from");
		must_be_sound(other, "copy_from");
		if (in_.flip())
			table_ = damon::move(other);
		compare("move");
	}

	choices &in_;
	prng random_;
	bool has_hits_;
	damon::region_table table_;
	table_model model_;
	std::vector<addr_range> ranges_;
};

} // namespace

void run_region_table(choices &in)
{
	table_run{in}.run();
}

} // namespace fuzz
