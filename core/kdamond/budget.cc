// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/budget.hh"

namespace damon {

namespace {

constexpr u64 cost_unit = 256;	// per nanosecond
constexpr u64 ns_per_permil = 1'000'000;	// of a second
constexpr u64 longest_ns = 1'000'000'000'000;	// caps the time that a call accounts
constexpr u32 first_checks = 16;

} // namespace

u64 cpu_budget::most_kept_ns() const
{
	return permil_ * ns_per_permil / 10;
}

void cpu_budget::set_share(u64 permil)
{
	if (permil == permil_)
		return;
	permil_ = permil;
	balance_ns_ = 0;
	check_cost_ = 0;
	planned_ = 0;
	wanted_ns_ = 0;
}

void cpu_budget::account(u64 now_ns, u64 used_ns)
{
	const u64 passed = min(now_ns - now_ns_, longest_ns);
	const auto most = static_cast<s64>(most_kept_ns());

	balance_ns_ = min(balance_ns_ + static_cast<s64>(inflow_ns(passed)), most);
	balance_ns_ -= static_cast<s64>(used_ns - used_ns_);
	now_ns_ = now_ns;
	used_ns_ = used_ns;
}

u64 cpu_budget::debt_ns() const
{
	const auto wanted = static_cast<s64>(wanted_ns_);

	if (!limited() || balance_ns_ > wanted)
		return 0;
	return mul_div(static_cast<u64>(wanted - balance_ns_) + 1, 10'000, permil_ * 9) + 1;
}

// If other work alone exceeds the share, whole samples are skipped, and access checks get a fifth
// of all time in those that are taken, up to what the budget can hold.  The cost of a check may
// turn out higher, so the number of checks at most doubles per sample.
u32 cpu_budget::plan(u64 sample_ns, const aggregation &last, u32 regions)
{
	if (!limited())
		return regions;
	const u64 inflow = inflow_ns(sample_ns);
	const u64 spare = inflow - min(last.work_ns / max(last.samples, u32{1}), inflow);
	const u64 least = max(inflow, last.work_ns / max(last.taken, u64{1})) / 4;
	wanted_ns_ = min(max(spare, least), most_kept_ns() / 10 * 9);
	const u64 allowed = min(wanted_ns_, static_cast<u64>(max(balance_ns_, s64{1})));
	const u64 affordable = check_cost_ ? mul_div(allowed, cost_unit, check_cost_) : first_checks;
	const u64 most = max(2 * u64{planned_}, u64{first_checks});

	planned_ = saturate_u32(clamp(affordable, u64{1}, min(most, max(u64{regions}, u64{1}))));
	return planned_;
}

// Adapts faster to a rising cost than to a falling one.
void cpu_budget::learn(u64 sample_cpu_ns)
{
	if (!planned_)
		return;
	const u64 cost = max(mul_div(sample_cpu_ns, cost_unit, planned_), u64{1});

	if (!check_cost_)
		check_cost_ = cost;
	else if (cost > check_cost_)
		check_cost_ += (cost - check_cost_) / 2;
	else
		check_cost_ -= (check_cost_ - cost) / 8;
}

} // namespace damon
