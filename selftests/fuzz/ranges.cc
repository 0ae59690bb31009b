// SPDX-License-Identifier: GPL-2.0
// Which ranges to monitor, against brute force; and configurations from any inputs.
#include "table_model.hh"

#include "core/kdamond/configuration.hh"
#include "core/region/ranges.hh"

#include <algorithm>

namespace fuzz {
namespace {

using damon::addr_range;

struct gap {
	size_t before; // index of the mapping in front of it
	u64 size;
};

// All gaps, the largest of them that are worth it (of equals the lower), the areas in between.
std::vector<addr_range> areas_of(const std::vector<addr_range> &mapped, size_t most)
{
	std::vector<gap> gaps;
	std::vector<addr_range> areas;
	size_t first = 0, kept = 0;

	if (mapped.empty())
		return {};
	for (size_t i = 0; i + 1 < mapped.size(); i++)
		if (mapped[i + 1].start > mapped[i].end)
			gaps.push_back({i, mapped[i + 1].start - mapped[i].end});
	std::stable_sort(gaps.begin(), gaps.end(),
			 [](const gap &a, const gap &b) { return a.size > b.size; });
	u64 monitored = mapped.back().end - mapped.front().start;
	while (kept < gaps.size() && kept + 1 < most &&
	       (kept < 2 || gaps[kept].size >= monitored / 64))
		monitored -= gaps[kept++].size;
	gaps.resize(kept);
	std::sort(gaps.begin(), gaps.end(),
		  [](const gap &a, const gap &b) { return a.before < b.before; });
	for (const gap &g : gaps) {
		areas.push_back({mapped[first].start, mapped[g.before].end});
		first = g.before + 1;
	}
	areas.push_back({mapped[first].start, mapped.back().end});
	return areas;
}

void areas(choices &in)
{
	const std::vector<addr_range> mapped = sorted_ranges(in, 40);
	const auto most = static_cast<u32>(in.between(1, 20));
	const std::vector<addr_range> wanted = areas_of(mapped, most);
	damon::vec<addr_range> out;

	MUST(out.reserve(most).is_ok());
	damon::mapped_areas found{out};
	for (const addr_range &range : mapped)
		found.add(range);
	found.finish();
	MUST(out.size() == wanted.size(), out.size(), wanted.size());
	for (u32 i = 0; i < out.size(); i++)
		MUST(out[i] == wanted[i], i, out[i].start, out[i].end, wanted[i].start,
		     wanted[i].end);
}

void aligned(choices &in)
{
	const u64 start = in.number(), end = in.number();
	const addr_range range = damon::page_aligned({start, end});
	const wide up = (wide{end} + page - 1) / page * page;

	MUST(range.start == start / page * page, start);
	MUST(range.end == (up >> 64 ? end / page * page : static_cast<u64>(up)), end);
}

// ---- configurations

// Few regions, or so many that no machine has the memory.
u64 affordable(u64 regions)
{
	return regions >> 33 ? regions : regions % 300;
}

damon::scheme_inputs any_scheme(choices &in)
{
	damon::scheme_inputs s;

	s.pattern = {{in.number(), in.number()},
		     {in.number_u32(), in.number_u32()},
		     {in.number_u32(), in.number_u32()}};
	s.apply_interval_us = in.number();
	s.max_nr_snapshots = in.number();
	return s;
}

addr_range any_range(choices &in)
{
	const u64 start = in.number();

	return {start, in.flip() ? start + in.number() : in.number()};
}

damon::target_inputs any_target(choices &in)
{
	damon::target_inputs t;

	t.pid_number = static_cast<int>(in.below(4));
	t.pid = damon::pid_ref{kapi_pid_get(t.pid_number)};
	std::vector<addr_range> ranges = sorted_ranges(in, 5);
	if (in.flip())
		ranges.push_back(any_range(in));
	for (const addr_range &range : ranges)
		MUST(t.ranges.try_push(range).is_ok());
	return t;
}

damon::inputs any_inputs(choices &in)
{
	damon::inputs wanted;

	wanted.operations = static_cast<damon::operations_id>(in.below(8) ? in.below(2) : 2);
	if (in.flip()) {
		wanted.attrs.sample_us = in.number();
		wanted.attrs.aggr_us = in.number();
		wanted.attrs.update_us = in.number();
	}
	if (in.flip()) {
		wanted.attrs.min_nr_regions = affordable(in.number());
		wanted.attrs.max_nr_regions = affordable(in.number());
	}
	for (u64 n = in.below(4); n > 0; n--)
		MUST(wanted.targets.try_push(any_target(in)).is_ok());
	for (u64 n = in.below(4); n > 0; n--)
		MUST(wanted.schemes.try_push(any_scheme(in)).is_ok());
	return wanted;
}

bool ranges_fine(const damon::vec<addr_range> &ranges)
{
	u64 used_to = 0;

	for (const addr_range &range : ranges) {
		const u64 start = range.start / page * page;
		const wide up = (wide{range.end} + page - 1) / page * page;
		const u64 end = up >> 64 ? range.end / page * page : static_cast<u64>(up);

		if (range.start >= range.end || start >= end || start < used_to)
			return false;
		used_to = end;
	}
	return true;
}

bool fine(const damon::inputs &in)
{
	const damon::monitoring_attrs &a = in.attrs;

	const bool physical = in.operations == damon::operations_id::paddr;

	if (in.targets.empty() || (physical && in.targets.size() > 1))
		return false;
	if (a.min_nr_regions < 3 || a.min_nr_regions > a.max_nr_regions || a.aggr_us == 0 ||
	    a.sample_us > a.aggr_us)
		return false;
	for (const damon::target_inputs &t : in.targets)
		if ((!t.pid && !physical) || !ranges_fine(t.ranges))
			return false;
	return true;
}

using made = damon::result<damon::own<damon::configuration>>;

void must_be_built(const damon::configuration &config, const damon::configuration *running)
{
	const u64 most = config.attrs.max_nr_regions + config.attrs.min_nr_regions;

	for (u32 i = 0; i < config.targets.size(); i++) {
		const damon::target &t = config.targets[i];
		const bool inherits = t.regions.capacity() == 0;

		MUST(!inherits || (running && i < running->targets.size()), i);
		const u32 capacity = (inherits ? running->targets[i] : t).regions.capacity();
		MUST(capacity >= most + 2 * t.ranges.size(), i, capacity, most);
		for (const addr_range &range : t.ranges)
			MUST(!range.empty() && range.start % page == 0 && range.end % page == 0);
	}
}

// Builds from what @in says, beside @running; with and without all the memory it takes.
damon::own<damon::configuration> build(choices &in, const damon::configuration *running)
{
	damon::inputs wanted = any_inputs(in);
	const bool is_fine = fine(wanted);
	const bool affordable = !(wanted.attrs.max_nr_regions >> 32);
	damon::report why;

	host::fail_nth(in.below(16));
	made built = damon::configuration::build(damon::move(wanted), running, why);
	const bool failed = host::has_failed();
	host::fail_nth(0);

	if (!is_fine)
		MUST(built.error().is(damon::errc::inval) && !why.line().empty());
	else if (failed || !affordable)
		MUST(built.error().is(damon::errc::nomem));
	else
		MUST(built.is_ok());
	MUST(is_fine || !built.is_ok());
	if (!built.is_ok())
		return {};
	auto config = damon::move(built).take();
	must_be_built(*config, running);
	return config;
}

// Before a configuration takes results over, its predecessor has some.
void fill(choices &in, damon::configuration &config)
{
	damon::prng random{in.number()};

	for (damon::target &t : config.targets) {
		if (t.ranges.empty())
			t.regions.reset(as_span({{page, 40 * page}, {50 * page, 51 * page}}));
		else
			t.regions.reset(t.ranges.all());
		if (in.flip())
			t.regions.split({3, 1, 0}, 60, random);
	}
}

void configurations(choices &in)
{
	damon::own<damon::configuration> running;

	for (int pid = 1; pid < 4; pid++)
		host::add_process(pid);
	for (u64 n = in.between(1, 4); n > 0; n--) {
		auto fresh = build(in, running.get());
		if (!fresh)
			continue;
		if (running)
			fresh->take_results(*running);
		for (const damon::target &t : fresh->targets)
			must_be_sound(t.regions, "take_results");
		fill(in, *fresh);
		running = damon::move(fresh);
	}
}

} // namespace

void run_ranges(choices &in)
{
	if (in.below(3) == 0)
		configurations(in);
	while (in.any_left()) {
		areas(in);
		aligned(in);
	}
}

} // namespace fuzz
