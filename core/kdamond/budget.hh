// SPDX-License-Identifier: GPL-2.0
// Limits the kdamond to a share of a processor: how many regions a sample checks, and how many
// samples are skipped.
#pragma once
#include "damonxx/lib/math.hh"

namespace damon {

/*
 * A token bucket in nanoseconds.  It is filled with nine tenths of the share, holds at most the
 * share of a tenth of a second, and is charged all CPU time of the thread.  A sample begins only
 * when the balance covers its planned time.  So in any second the kdamond exceeds its share by no
 * more than one sample, with the aggregation work at its end.
 */
class cpu_budget {
public:
	// 0: no limit.  A changed share starts with an empty balance.
	void set_share(u64 permil);
	bool limited() const { return permil_ != 0; }
	// @used_ns: total CPU time so far; may be an estimate that a later call corrects.
	void account(u64 now_ns, u64 used_ns);
	// How long to wait before the next sample.
	u64 debt_ns() const;

	// The last aggregation: the time of all work except access checks, its length in samples,
	// and the samples taken.
	struct aggregation {
		u64 work_ns;
		u32 samples;
		u64 taken;
	};
	// How many of @regions the next sample may check, at least one.
	u32 plan(u64 sample_ns, const aggregation &last, u32 regions);
	// Updates the cost of a check by the CPU time of that sample without other work.
	void learn(u64 sample_cpu_ns);

private:
	u64 most_kept_ns() const;
	u64 inflow_ns(u64 over_ns) const { return mul_div(over_ns, permil_ * 9, 10'000); }

	u64 permil_ = 0;
	u64 now_ns_ = 0;
	u64 used_ns_ = 0;
	s64 balance_ns_ = 0;
	u64 wanted_ns_ = 0;	// planned time of a sample
	u64 check_cost_ = 0;	// in 1/256 ns
	u32 planned_ = 0;
};

} // namespace damon
