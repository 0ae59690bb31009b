// SPDX-License-Identifier: GPL-2.0
// Region tables: merging regions.
#include "core/region/region_table.hh"

namespace damon {

// Adjacent regions being merged into one, as sums of count * weight, so that the mean is rounded
// only once.  weight_shift_ keeps the sum of weights below 2^32 (tables have far fewer than 2^31
// regions), so the sums fit.
struct region_table::cluster {
	addr_range range;
	u64 weight;
	u64 score; // the sums, or the values themselves while members == 1
	u64 nr_accesses;
	u64 checked;
	u64 last_nr_accesses;
	u64 age;
	u32 members;
	bool sampled;
};

region_table::cluster region_table::first_of_cluster(u32 i) const
{
	return {range(i), 0, score(i),	nr_accesses_[i], checked(i), last_nr_accesses_[i],
		age_[i],  1, sampled(i)};
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
	left.sampled |= sampled(right);
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
		checks_[i].own = check_state::of(merged.checked, merged.sampled);
		last_nr_accesses_[i] = static_cast<u32>(merged.last_nr_accesses);
		age_[i] = static_cast<u32>(merged.age);
		return;
	}
	nr_accesses_[i] = static_cast<u32>(merged.nr_accesses / divisor);
	checks_[i].own = check_state::of(merged.checked / divisor, merged.sampled);
	last_nr_accesses_[i] = static_cast<u32>(merged.last_nr_accesses / divisor);
	age_[i] = static_cast<u32>(merged.age / divisor);
}

// Stores the mean hits of @members regions from @first on in region @out.  @out is at most @first,
// so it may overwrite a member, after reading all of them.
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

bool region_table::are_alike(u32 i, u32 k) const
{
	return age_[i] == age_[k] && nr_accesses_[i] == nr_accesses_[k] &&
	       last_nr_accesses_[i] == last_nr_accesses_[k] && checked(i) == checked(k) &&
	       sampled(i) == sampled(k) && hits(i) == hits(k);
}

void region_table::rejoin_at(u64 address, u64 size_limit)
{
	u32 low = 1; // the first candidate for the right part
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

} // namespace damon
