// SPDX-License-Identifier: GPL-2.0
#include "kunit/torture/plan.hh"
#include "kunit/torture/world.h"

namespace damon::torture {

namespace {

constexpr u64 hour_us = 3'600'000'000;
constexpr u64 user_space_bytes = u64{1} << 46;

bool one_in(prng &random, u64 n)
{
	return random.below(n) == 0;
}

// A lost wake-up shows only if the kdamond would sleep for long.
u64 any_sample_us(prng &random)
{
	switch (random.below(12)) {
	case 0:
		return hour_us;
	case 1:
		return random.between(200, 1'000);
	case 2:
		return random.between(20'000, 200'000);
	default:
		return random.between(1'000, 10'000);
	}
}

void invent_intervals(monitoring_attrs &attrs, prng &random)
{
	attrs.sample_us = any_sample_us(random);
	attrs.aggr_us = attrs.sample_us * random.between(1, 30) + random.below(3);
	attrs.update_us = one_in(random, 2) ? random.below(100'000) : hour_us;
}

void invent_limits(monitoring_attrs &attrs, prng &random)
{
	attrs.min_nr_regions = random.between(3, 40);
	attrs.max_nr_regions = attrs.min_nr_regions + random.below(300);
	if (one_in(random, 16))
		attrs.max_nr_regions = random.between(10'000, 50'000);
	if (one_in(random, 64))
		attrs.max_nr_regions = u64_max - random.below(100); // more than memory can hold
}

// Sorted and disjoint, also after both ends have been rounded to pages.
void invent_ranges(target_plan &target, prng &random)
{
	u64 at = random.below(user_space_bytes);

	target.nr_ranges = static_cast<u32>(random.below(max_ranges + 1));
	for (u32 i = 0; i < target.nr_ranges; i++) {
		const u64 start = at + 2 * page_bytes + random.below(1 << 24);
		const u64 end = start + 1 + random.below(u64{1} << random.between(1, 31));

		target.ranges[i] = {start, end};
		at = end;
	}
}

void invent_scheme(scheme_plan &scheme, prng &random)
{
	scheme = {};
	scheme.pattern = {{0, u64_max}, {0, u32_max}, {0, u32_max}};
	if (one_in(random, 3)) {
		scheme.pattern.size_bytes.min = random.below(1 << 22);
		scheme.pattern.nr_accesses.max = static_cast<u32>(random.below(20));
		scheme.pattern.age.min = static_cast<u32>(random.below(3));
	}
	if (one_in(random, 4))
		scheme.apply_interval_us = one_in(random, 3) ? hour_us : random.below(50'000);
	if (one_in(random, 4))
		scheme.max_nr_snapshots = random.between(1, 8);
}

void invent_schemes(plan &out, prng &random)
{
	out.nr_schemes =
		one_in(random, 12) ? 0 : static_cast<u32>(random.between(1, max_schemes + 1));
	for (u32 i = 0; i < out.nr_schemes; i++)
		invent_scheme(out.schemes[i], random);
}

void invent_targets(plan &out, prng &random)
{
	out.nr_targets = one_in(random, 2) ? 1 : static_cast<u32>(random.between(1, max_targets));
	for (u32 i = 0; i < out.nr_targets; i++) {
		target_plan &target = out.targets[i];

		target = {};
		target.pid_number = damonxx_torture_pid(random.next());
		if (out.operations == operations_id::fvaddr || one_in(random, 8))
			invent_ranges(target, random);
	}
}

// Makes a range of the first target invalid.
void spoil_range(plan &out, prng &random)
{
	target_plan &target = out.targets[0];
	const u64 at = random.between(16, 1 << 20) * page_bytes;

	target.nr_ranges = 1;
	switch (random.below(4)) {
	case 0:
		target.ranges[0] = {at, at};
		break;
	case 1:
		target.ranges[0] = {at, at - 1};
		break;
	case 2:
		target.ranges[0] = {u64_max - 10, u64_max}; // contains no whole page
		break;
	default:
		target.nr_ranges = 2;
		target.ranges[0] = {at, at + 10};
		target.ranges[1] = {at + 20, at + 30}; // on the same page
	}
}

void spoil(plan &out, prng &random)
{
	out.sound = false;
	switch (random.below(7)) {
	case 0:
		out.attrs.min_nr_regions = random.below(3);
		break;
	case 1:
		out.attrs.max_nr_regions = out.attrs.min_nr_regions - 1;
		break;
	case 2:
		out.attrs.aggr_us = 0;
		break;
	case 3:
		out.attrs.sample_us = out.attrs.aggr_us + 1 + random.below(1'000);
		break;
	case 4:
		out.nr_targets = 0;
		break;
	case 5:
		out.operations = operations_id::paddr; // several targets need ranges each
		out.nr_targets = max(out.nr_targets, u32{2});
		out.targets[0].nr_ranges = 0;
		break;
	default:
		spoil_range(out, random);
	}
}

result<target_inputs> to_target(target_plan &from, pid_ref &present)
{
	target_inputs target;

	target.pid_number = from.pid_number;
	target.pid = pid_ref{kapi_pid_get(from.pid_number)};
	present = pid_ref{kapi_pid_get(from.pid_number)};
	// The PID may have been reused between the two calls.
	if (present.get() != target.pid.get())
		present = {};
	for (u32 i = 0; i < from.nr_ranges; i++)
		TRY(target.ranges.try_push(from.ranges[i]));
	return target;
}

} // namespace

u64 plan::table_capacity() const
{
	u64 ranges = 3;

	for (u32 i = 0; i < nr_targets; i++)
		ranges = max(ranges, u64{targets[i].nr_ranges});
	return saturating_add(max(attrs.max_nr_regions, ranges), attrs.min_nr_regions) +
	       2 * ranges + 8;
}

u64 plan::most_regions() const
{
	const u64 per_target = u64{16} * nr_targets;
	const u64 least = 4 * attrs.min_nr_regions + per_target; // merging goes no further

	return saturating_add(max(attrs.max_nr_regions, least), least);
}

void invent(plan &out, prng &random)
{
	out.sound = true;
	out.operations = one_in(random, 4) ? operations_id::fvaddr : operations_id::vaddr;
	invent_intervals(out.attrs, random);
	invent_limits(out.attrs, random);
	invent_targets(out, random);
	invent_schemes(out, random);
	if (one_in(random, 4))
		spoil(out, random);
}

void vary(plan &changed, prng &random)
{
	switch (random.below(6)) {
	case 0: // the same again
		break;
	case 1:
		invent_intervals(changed.attrs, random);
		break;
	case 2:
		invent_limits(changed.attrs, random);
		break;
	case 3:
		invent_schemes(changed, random);
		break;
	case 4:
		invent_targets(changed, random);
		break;
	default:
		spoil(changed, random);
	}
}

namespace {

scheme_inputs to_scheme(const scheme_plan &from)
{
	scheme_inputs in;

	in.pattern = from.pattern;
	in.apply_interval_us = from.apply_interval_us;
	in.max_nr_snapshots = from.max_nr_snapshots;
	return in;
}

} // namespace

result<inputs> to_inputs(plan &from, target_refs &present)
{
	inputs in;

	in.operations = from.operations;
	in.attrs = from.attrs;
	for (u32 i = 0; i < from.nr_targets; i++) {
		TRY(in.targets.try_push(TRY(to_target(from.targets[i], present.of[i]))));
		if (!in.targets[i].pid)
			from.sound = false;
	}
	for (u32 i = 0; i < from.nr_schemes; i++)
		TRY(in.schemes.try_push(to_scheme(from.schemes[i])));
	return in;
}

} // namespace damon::torture
