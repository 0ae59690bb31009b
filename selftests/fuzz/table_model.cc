// SPDX-License-Identifier: GPL-2.0
#include "table_model.hh"

#include <algorithm>

namespace fuzz {
namespace {

using damon::addr_range;
using damon::region_table;

u32 at_most_u32(wide value)
{
	return static_cast<u32>(std::min<wide>(value, ~u32{0}));
}

// Weights are sizes, in a unit in which all of them sum up to less than 2^31.
u64 weight_of(u64 size, u64 total)
{
	while (total >> 31) {
		total >>= 1;
		size >>= 1;
	}
	return std::max<u64>(size, 1);
}

// The mean of one counter over @members; one alone keeps its value.
template <typename Counter>
u32 mean(const std::vector<model_region> &members, u64 total, Counter counter)
{
	wide sum = 0, weights = 0, exact_sum = 0, bytes = 0;
	u32 least = ~u32{0}, most = 0;

	for (const model_region &r : members) {
		sum += wide{counter(r)} * weight_of(r.size(), total);
		weights += weight_of(r.size(), total);
		exact_sum += wide{counter(r)} * r.size();
		bytes += r.size();
		least = std::min(least, counter(r));
		most = std::max(most, counter(r));
	}
	const u32 rounded = static_cast<u32>(sum / weights);
	const u32 exact = static_cast<u32>(exact_sum / bytes);
	// What the coarse unit may cost: up to one unit for each member.
	const bool is_coarse = total >> 31;
	const wide slack = is_coarse ? 1 + wide{members.size()} * (most - least) / weights : 0;
	const wide off = rounded > exact ? rounded - exact : exact - rounded;
	MUST(off <= slack, "coarse weights:", rounded, exact);
	MUST(least <= rounded && rounded <= most, least, rounded, most);
	return rounded;
}

damon::hit_counters joined_hits(const std::vector<model_region> &members, u64 total)
{
	damon::hit_counters hits;

	for (u32 p = 0; p < damon::max_probes; p++) {
		hits.now[p] = static_cast<u8>(mean(
			members, total, [p](const model_region &r) { return u32{r.hits.now[p]}; }));
		hits.last[p] = static_cast<u8>(mean(
			members, total, [p](const model_region &r) { return u32{r.hits.last[p]}; }));
	}
	return hits;
}

model_region joined(const std::vector<model_region> &members, u64 total)
{
	if (members.size() == 1)
		return members[0];
	model_region all{members.front().start, members.back().end};
	all.now = mean(members, total, [](const model_region &r) { return r.now; });
	all.last = mean(members, total, [](const model_region &r) { return r.last; });
	all.age = mean(members, total, [](const model_region &r) { return r.age; });
	all.checked = mean(members, total, [](const model_region &r) { return r.checked; });
	for (const model_region &r : members)
		all.asked |= r.asked;
	all.hits = joined_hits(members, total);
	return all;
}

bool may_join(const table_model &model, const std::vector<model_region> &members,
	      const model_region &next, u64 total, u32 threshold, u64 size_limit)
{
	wide sum = 0, weights = 0;

	if (members.back().end != next.start || next.end - members.front().start > size_limit)
		return false;
	for (const model_region &r : members) {
		sum += wide{model.score(r)} * weight_of(r.size(), total);
		weights += weight_of(r.size(), total);
	}
	const wide wanted = wide{model.score(next)} * weights;
	return (sum > wanted ? sum - wanted : wanted - sum) <= wide{threshold} * weights;
}

// The first of them, for messages.
std::string listing(const table_model &model)
{
	std::ostringstream out;

	for (size_t i = 0; i < std::min<size_t>(model.regions.size(), 12); i++) {
		const model_region &r = model.regions[i];
		out << std::hex << "\n    " << r.start << '-' << r.end << std::dec << ' ' << r.now
		    << ' ' << r.last << ' ' << r.age;
	}
	return out.str();
}

} // namespace

table_model table_model::of(const region_table &table)
{
	table_model model;

	for (u32 i = 0; i < table.count(); i++)
		model.regions.push_back({table.range(i).start, table.range(i).end,
					 table.nr_accesses(i), table.last_nr_accesses(i),
					 table.age(i), table.checked(i), table.sampled(i),
					 table.hits(i)});
	return model;
}

u32 table_model::score_of(u32 accesses, const u8 (&hits)[damon::max_probes]) const
{
	bool any_weight = false;
	wide sum = 0;

	for (u32 probe = 0; probe < damon::max_probes; probe++) {
		any_weight |= weights.of[probe] != 0;
		sum += wide{weights.of[probe]} * hits[probe];
	}
	return any_weight ? at_most_u32(sum) : accesses;
}

u64 table_model::total() const
{
	u64 sum = 0;

	for (const model_region &r : regions)
		sum += r.size();
	return sum;
}

void table_model::set_ranges(const std::vector<addr_range> &ranges)
{
	std::vector<model_region> made;

	for (const addr_range &range : ranges) {
		u64 covered = range.start;
		bool any = false;

		for (const model_region &old : regions) {
			if (old.end <= range.start || old.start >= range.end)
				continue;
			model_region kept = old;
			kept.start = any ? std::max(old.start, range.start) : range.start;
			kept.end = std::min(old.end, range.end);
			if (covered < kept.start)
				made.push_back({covered, kept.start});
			made.push_back(kept);
			covered = kept.end;
			any = true;
		}
		if (any)
			made.back().end = range.end;
		else
			made.push_back({range.start, range.end});
	}
	regions = made;
}

void table_model::update_ages(u32 threshold)
{
	for (model_region &r : regions) {
		const u32 now = score(r);
		const u32 last = last_score(r);
		const u32 change = now > last ? now - last : last - now;
		const bool woke_or_slept = (now == 0) != (last == 0);

		if (change > threshold || woke_or_slept)
			r.age = 0;
		else
			r.age = at_most_u32(wide{r.age} + 1);
	}
}

void table_model::merge(u32 threshold, u64 size_limit)
{
	const u64 all = total();
	std::vector<model_region> merged, members;

	for (const model_region &r : regions) {
		if (!members.empty() && !may_join(*this, members, r, all, threshold, size_limit)) {
			merged.push_back(joined(members, all));
			members.clear();
		}
		members.push_back(r);
	}
	if (!members.empty())
		merged.push_back(joined(members, all));
	regions = merged;
}

void table_model::shift()
{
	for (model_region &r : regions) {
		r.last = r.now;
		r.now = r.checked = 0;
		r.asked = false;
		std::copy_n(r.hits.now, damon::max_probes, r.hits.last);
		std::fill_n(r.hits.now, damon::max_probes, u8{0});
	}
	rounds = 0;
}

// By the looks that could tell, or a quarter of all if they are fewer; to the nearest.
u32 table_model::estimate(size_t i, u64 samples) const
{
	const u64 checked = regions[i].checked == most_checked ? std::max(rounds, u64{most_checked}) :
								 regions[i].checked;
	const wide base = std::max<u64>({checked, (rounds + 3) / 4, 1});

	return at_most_u32(std::min((2 * wide{regions[i].now} * samples + base) / (2 * base),
				    wide{samples}));
}

void table_model::normalize(u32 aggr_samples)
{
	for (size_t i = 0; i < regions.size(); i++) {
		model_region &r = regions[i];
		r.now = r.asked ? estimate(i, aggr_samples) : std::min(r.last, aggr_samples);
		r.checked = std::min(aggr_samples, most_checked);
		r.asked = true;
	}
	rounds = aggr_samples;
}

u32 table_model::moving_sum(size_t i, u64 left, u32 aggr_samples) const
{
	if (!regions[i].asked)
		return regions[i].last;
	return at_most_u32(wide{estimate(i, aggr_samples - left)} +
			   wide{regions[i].last} * left / aggr_samples);
}

void table_model::rescale(const region_table::rescaling &scale)
{
	for (size_t i = 0; i < regions.size(); i++) {
		const u32 sum = moving_sum(i, scale.left, scale.old_aggr_samples);

		regions[i].last =
			at_most_u32(wide{sum} * scale.new_aggr_samples / scale.old_aggr_samples);
		regions[i].now = regions[i].checked = 0;
		regions[i].asked = false;
		regions[i].age =
			at_most_u32(wide{regions[i].age} * scale.old_aggr_us / scale.new_aggr_us);
		for (u32 p = 0; p < damon::max_probes; p++) {
			damon::hit_counters &hits = regions[i].hits;
			const wide hits_sum =
				std::min<wide>(hits.now[p] + wide{hits.last[p]} * scale.left /
								     scale.old_aggr_samples,
					       255);
			hits.last[p] = static_cast<u8>(std::min<wide>(
				hits_sum * scale.new_aggr_samples / scale.old_aggr_samples, 255));
			hits.now[p] = 0;
		}
	}
	rounds = 0;
}

u64 table_model::count_after_cut(u64 size_limit) const
{
	u64 count = 0;

	for (const model_region &r : regions)
		count += r.size() / size_limit + (r.size() % size_limit != 0);
	return count;
}

void table_model::cut(u64 size_limit)
{
	std::vector<model_region> made;

	for (model_region r : regions) {
		while (r.size() > size_limit) {
			made.push_back(r);
			r.start += size_limit;
			made.back().end = r.start;
		}
		made.push_back(r);
	}
	regions = made;
}

void must_be_sound(const region_table &table, const char *what)
{
	u64 sum = 0;

	MUST(table.count() <= table.capacity(), what, table.count(), table.capacity());
	for (u32 i = 0; i < table.count(); i++) {
		const addr_range r = table.range(i);

		MUST(!r.empty(), what, i, r.start, r.end);
		MUST(r.start % page == 0 && r.end % page == 0, what, i, r.start, r.end);
		MUST(i == 0 || table.range(i - 1).end <= r.start, what, i, r.start);
		sum += r.size();
	}
	MUST(sum == table.total_bytes(), what, sum, table.total_bytes());
}

void must_equal(const region_table &table, const table_model &model, const char *what)
{
	const table_model found = table_model::of(table);

	MUST(found.regions.size() == model.regions.size(), what, "is", listing(found),
	     "\n should be", listing(model), "\n capacity", table.capacity());
	for (size_t i = 0; i < found.regions.size(); i++) {
		const model_region &is = found.regions[i];
		const model_region &should = model.regions[i];
		MUST(is == should, what, i, "is", is.start, is.end, is.now, is.last, is.age,
		     is.checked, is.asked, "should be", should.start, should.end, should.now,
		     should.last, should.age, should.checked, should.asked);
	}
}

void must_be_parts_of(const region_table &table, const table_model &before, const char *what)
{
	const table_model found = table_model::of(table);
	size_t at = 0;

	for (const model_region &whole : before.regions) {
		u64 covered = whole.start;

		for (; at < found.regions.size() && covered < whole.end; at++) {
			const model_region &part = found.regions[at];

			MUST(part.start == covered && part.end <= whole.end, what, part.start,
			     part.end, "in", whole.start, whole.end);
			MUST(part.now == whole.now && part.last == whole.last &&
				     part.age == whole.age && part.checked == whole.checked &&
				     part.asked == whole.asked && part.hits == whole.hits,
			     what, part.start);
			covered = part.end;
		}
		MUST(covered == whole.end, what, covered, whole.end);
	}
	MUST(at == found.regions.size(), what, at, found.regions.size());
}

std::vector<addr_range> sorted_ranges(choices &in, u32 most)
{
	std::vector<addr_range> ranges;
	u64 at = in.flip() ? in.below(8) * page : in.number() / page * page;

	for (u64 n = in.below(most + 1); n > 0; n--) {
		const u64 gap = (in.flip() ? in.below(4) : in.number() >> 12) * page;
		const u64 size = (1 + (in.flip() ? in.below(40) : in.number() >> 16)) * page;
		const u64 start = damon::saturating_add(at, gap);
		const u64 end = damon::saturating_add(start, size) / page * page;

		if (end <= start || start % page != 0)
			break;
		ranges.push_back({start, end});
		at = end;
	}
	return ranges;
}

} // namespace fuzz
