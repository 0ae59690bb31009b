// SPDX-License-Identifier: GPL-2.0
// Every formula against 128 bits.
#include "fuzz.hh"

#include "core/attrs.hh"
#include "core/kdamond.hh"
#include "schemes/apply.hh"

#include <algorithm>

namespace fuzz {
namespace {

using wide = unsigned __int128;

constexpr u64 largest = ~u64{0};

u64 at_most(wide value, u64 limit)
{
	return value > limit ? limit : static_cast<u64>(value);
}

void arithmetic(choices &in)
{
	const u64 a = in.number();
	const u64 b = in.number();
	const u64 divisor = std::max(in.number(), 1ULL);

	MUST(damon::mul_div(a, b, divisor) == at_most(wide{a} * b / divisor, largest), a, b,
	     divisor);
	MUST(damon::saturating_mul(a, b) == at_most(wide{a} * b, largest), a, b);
	MUST(damon::saturating_add(a, b) == at_most(wide{a} + b, largest), a, b);
	MUST(damon::saturate_u32(a) == at_most(a, ~u32{0}), a);
	MUST(damon::distance(a, b) == (a > b ? a - b : b - a), a, b);
	const u64 low = std::min(a, b), high = std::max(a, b);
	MUST(damon::clamp(divisor, low, high) == std::clamp(divisor, low, high), divisor, a, b);
}

void alignment(choices &in)
{
	const u64 value = in.number();
	const u64 unit = u64{1} << in.below(33);
	const wide up = (wide{value} + unit - 1) / unit * unit;

	MUST(damon::align_down(value, unit) == value / unit * unit, value, unit);
	MUST(damon::align_up(value, unit) == (up > largest ? value / unit * unit : up), value,
	     unit);
}

void random_numbers(choices &in)
{
	damon::prng random{in.number()};
	damon::prng same = random;
	const u64 bound = in.number();
	const u64 below = random.below(bound);

	MUST(bound == 0 ? below == 0 : below < bound, below, bound);
	MUST(below == static_cast<u64>(wide{same.next()} * bound >> 64), below, bound);
	const u64 a = in.number(), b = in.number();
	const u64 low = std::min(a, b), high = std::max(a, b);
	const u64 between = random.between(low, high);
	MUST(low <= between && (between < high || low == high), low, between, high);
}

damon::monitoring_attrs any_attrs(choices &in)
{
	damon::monitoring_attrs attrs;

	attrs.sample_us = in.number();
	attrs.aggr_us = in.number();
	attrs.update_us = in.number();
	attrs.min_nr_regions = in.number();
	attrs.max_nr_regions = in.number();
	return attrs;
}

void intervals(choices &in)
{
	const damon::monitoring_attrs attrs = any_attrs(in);
	const u64 interval_us = in.number();
	const u64 sample_us = std::max(attrs.sample_us, 1ULL);
	const u64 samples = std::max(interval_us / sample_us, 1ULL);
	damon::report why;

	MUST(attrs.sample_ns() == at_most(wide{sample_us} * 1000, largest), sample_us);
	MUST(attrs.samples_in(interval_us) == at_most(samples, ~u32{0}), interval_us, sample_us);
	MUST(attrs.samples_per_aggregation() == attrs.samples_in(attrs.aggr_us));
	const bool fine = attrs.min_nr_regions >= 3 &&
			  attrs.min_nr_regions <= attrs.max_nr_regions && attrs.aggr_us > 0 &&
			  attrs.sample_us <= attrs.aggr_us;
	MUST(attrs.validate(why).is_ok() == fine);
	MUST(why.line().empty() == fine);
}

void scheme_points(choices &in)
{
	const damon::monitoring_attrs attrs = any_attrs(in);
	const u64 now = in.number() >> 16;
	damon::scheme s{};

	s.config.apply_interval_us = in.number();
	s.config.max_nr_snapshots = in.number();
	s.stats.nr_snapshots = in.number();
	s.schedule(now, attrs);
	const u64 interval =
		s.config.apply_interval_us ? s.config.apply_interval_us : attrs.aggr_us;
	const u64 point = now + attrs.samples_in(interval);
	MUST(s.next_apply_samples == point, point);
	MUST(point > now && !s.due(now) && !s.due(point - 1) && s.due(point), now, point);
	MUST(s.exhausted() ==
	     (s.config.max_nr_snapshots != 0 && s.stats.nr_snapshots >= s.config.max_nr_snapshots));
}

// ---- the kdamond's deadlines, which are its own business otherwise

using deadline_function = u64 (damon::kdamond::*)(u64, u64) const;
deadline_function next_deadline();

// An explicit instantiation may name what is private.
template <deadline_function Function> struct open_up {
	friend deadline_function next_deadline() { return Function; }
};
template struct open_up<&damon::kdamond::next_deadline>;

damon::own<damon::kdamond> make_kdamond(u64 sample_us)
{
	damon::report why;
	damon::inputs in;
	damon::target_inputs t;

	t.pid = damon::pid_ref{kapi_pid_get(1)};
	MUST(in.targets.try_push(damon::move(t)).is_ok());
	in.attrs.sample_us = sample_us;
	in.attrs.aggr_us = std::max(sample_us, 1ULL);
	auto config = damon::configuration::build(damon::move(in), nullptr, why);
	MUST(config.is_ok());
	auto made = damon::make_own<damon::kdamond>(damon::move(config).take());
	MUST(made.is_ok());
	return damon::move(made).take();
}

void deadlines(choices &in)
{
	const u64 sample_us = in.number();
	const u64 interval = at_most(wide{std::max(sample_us, 1ULL)} * 1000, largest);

	host::add_process(1, {{0x1000, 0x2000}});
	const auto kdamond = make_kdamond(sample_us);
	host::use_virtual_clock();
	host::spend(in.number() >> 8);
	const u64 previous = in.flip() ? kapi_now_ns() - in.below(kapi_now_ns()) : in.number();
	const u64 begun = kapi_now_ns();
	host::spend(in.flip() ? in.below(interval) : in.number() >> 8);
	const u64 now = kapi_now_ns();

	const u64 deadline = (kdamond.get()->*next_deadline())(previous, begun);
	const u64 regular = at_most(wide{std::min(previous, begun)} + interval, largest);
	// Each page gets half an interval at least, and the kdamond some sleep.
	const u64 least = std::max(at_most(wide{begun} + interval / 2, largest),
				   at_most(wide{now} + interval / 16, largest));
	MUST(deadline >= least, deadline, least);
	MUST(regular < least || deadline == regular, deadline, regular, least);
	MUST(regular >= least ||
		     deadline == std::max(least, at_most(wide{begun} + interval, largest)),
	     deadline, regular, least);
}

} // namespace

void run_formula(choices &in)
{
	const bool with_kdamond = in.below(8) == 0;

	if (with_kdamond)
		deadlines(in);
	while (in.any_left()) {
		arithmetic(in);
		alignment(in);
		random_numbers(in);
		intervals(in);
		scheme_points(in);
	}
}

} // namespace fuzz
