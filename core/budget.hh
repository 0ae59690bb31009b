// SPDX-License-Identifier: GPL-2.0
// What share of a processor a kdamond may use: how much it looks at, and when it does not.
#pragma once
#include "damonxx/math.hh"

namespace damon {

/*
 * An account in nanoseconds.  Nine tenths of the share flow in, at most a tenth of a second's
 * share is kept, and everything the thread used is taken out.  A sample begins only when what
 * it is to take is there, so over any second the kdamond uses no more than its share and what
 * one sample, with the end of an aggregation if one ends there, took beyond that.
 */
class cpu_budget {
public:
	// 0: no limit.  A new share begins with nothing.
	void set_share(u64 permil);
	bool limited() const { return permil_ != 0; }
	// So much processor time was used altogether; may be an estimate that is corrected.
	void account(u64 now_ns, u64 used_ns);
	// How long nothing may be done.
	u64 debt_ns() const;

	// The last aggregation: what it took besides looking, how many samples it should have had,
	// and how many were taken.
	struct aggregation {
		u64 work_ns;
		u32 samples;
		u64 taken;
	};
	// How many checks of @regions the next sample may make, at least one.
	u32 plan(u64 sample_ns, const aggregation &last, u32 regions);
	// What that sample took, without the other work.
	void learn(u64 sample_cpu_ns);

private:
	u64 most_kept_ns() const;
	u64 inflow_ns(u64 over_ns) const { return mul_div(over_ns, permil_ * 9, 10'000); }

	u64 permil_ = 0;
	u64 now_ns_ = 0;
	u64 used_ns_ = 0;
	s64 balance_ns_ = 0;
	u64 wanted_ns_ = 0;	// what a sample is to take
	u64 check_cost_ = 0;	// in 1/256 ns
	u32 planned_ = 0;
};

} // namespace damon
