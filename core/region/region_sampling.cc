// SPDX-License-Identifier: GPL-2.0
// Region tables: picking the pages to sample, and counting the outcomes.
#include "core/region/region_table.hh"

namespace damon {

// Here and below, members are copied to local variables: the compiler must assume that a store
// to an array may change a member.
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
		checks[i].own = static_cast<u16>((checks[i].own & ~check_state::part_mask) |
						 place >> (64 - subregion_part_bits));
	}
	random = own_random;
}

void region_table::forget(span<kapi_access_check> checks)
{
	for (kapi_access_check &check : checks)
		check.outcome = KAPI_BUSY;
}

void region_table::count_accesses(u64 *counts)
{
	const span<kapi_access_check> checks = picked_checks();
	constexpr u32 last_check = check_state::of(check_state::most_checked, true);
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
		const u32 own = check[i].own | check_state::made_bit;
		const u32 accessed = outcome & 1;

		if (outcome < KAPI_IDLE) [[unlikely]] {
			found[outcome]++;
			check[i].own = static_cast<u16>(own);
			continue;
		}
		nr_accesses[i] += accessed;
		nr_accessed += accessed;
		seen[i] |= subregion_hit(check_state::part(own), accessed);
		check[i].own =
			static_cast<u16>(own < last_check ? own + check_state::one_check : own);
	}
	found[KAPI_ACCESSED] = nr_accessed;
	found[KAPI_IDLE] = count - found[KAPI_ACCESSED] - found[KAPI_ABSENT] - found[KAPI_BUSY];
	sweeps_ += one_sweep * count / count_;
	for (u32 outcome = 0; counts && outcome < KAPI_NR_OUTCOMES; outcome++)
		counts[outcome] += found[outcome];
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

// Estimates nr_accesses of region @i after @samples samples from the access checks that had a
// result.  Checks without a result do not lower the estimate.  If fewer than a quarter of the
// planned checks had a result, the estimate falls in proportion, so that a single lucky check does
// not make a region hot.
u32 region_table::estimate(u32 i, u64 samples) const
{
	const u64 planned = sweeps_ / one_sweep;
	constexpr u32 most = check_state::most_checked;
	const u64 told = checked(i) == most ? max(planned, u64{most}) : checked(i);
	const u64 base = max(max(told, planned / 4 + (planned % 4 != 0)), u64{1});
	const u64 hits = nr_accesses_[i];

	if (base == samples)
		return saturate_u32(min(hits, samples));
	return saturate_u32(min((hits * samples + base / 2) / base, samples));
}

u32 region_table::moving_sum(u32 i, u64 left, u32 aggr_samples) const
{
	// Fast path: most regions of most processes are idle.
	if (!(nr_accesses_[i] | last_nr_accesses_[i]))
		return 0;
	if (!sampled(i))
		return last_nr_accesses_[i];
	return saturate_u32(mul_div(last_nr_accesses_[i], left, aggr_samples) +
			    estimate(i, aggr_samples - min(left, u64{aggr_samples})));
}

void region_table::normalize(u32 aggr_samples)
{
	for (u32 i = 0; i < count_; i++) {
		nr_accesses_[i] = sampled(i) ? estimate(i, aggr_samples)
					     : min(last_nr_accesses_[i], aggr_samples);
		checks_[i].own =
			check_state::of(min(aggr_samples, check_state::most_checked), true);
	}
	sweeps_ = aggr_samples * one_sweep;
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
		events.seen =
			saturating_add(events.seen, saturating_mul(pages, last_nr_accesses_[i]));
	}
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
