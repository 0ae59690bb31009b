// SPDX-License-Identifier: GPL-2.0
// A kdamond as far as its processor time goes, with costs of any kind, beside an exact account of
// what its share allows: nothing rounded, 128 bits.
#include "quota_model.hh"

#include "core/budget.hh"

#include <vector>

namespace fuzz {
namespace {

using exact = __int128;

constexpr u64 second = 1'000'000'000;
constexpr exact unit = 10'000; // parts of a nanosecond that the account is in
constexpr int most_samples = 400;
constexpr u64 most_estimate_ns = 50'000; // what is corrected later

class budget_run {
public:
	explicit budget_run(choices &in) : in_{in}
	{
		now_ = second + in.below(u64{100} * second);
		sample_ns_ = 1'000 * (1 + in.below(20'000));
		regions_ = static_cast<u32>(in.flip() ? in.below(40) : in.below(20'000));
		window_ = 1 + static_cast<u32>(in.below(40));
		check_ns_ = 1 + in.below(5'000);
		work_ns_ = in.flip() ? in.below(20'000'000) : 0;
		is_steady_ = in.flip();
		set_share(in.below(1'001));
	}

	void run()
	{
		for (int i = 0; i < most_samples && in_.any_left(); i++)
			step();
	}

private:
	// A new share begins with nothing.
	void set_share(u64 permil)
	{
		budget_.set_share(permil);
		MUST(budget_.limited() == (permil != 0));
		if (permil == permil_)
			return;
		permil_ = permil;
		left_ = 0;
		nr_accounts_ = 0;
		least_cost_ = 0;
		planned_ = same_cost_for_ = 0;
		slices_.clear();
	}

	// Nine tenths of the share flow in; what a tenth of a second brings is the most that is kept.
	void account(u64 used)
	{
		budget_.account(now_, used);
		const exact inflow = exact{now_ - accounted_ns_} * static_cast<s64>(permil_) * 9;
		left_ = std::min(left_ + inflow, exact{static_cast<s64>(permil_)} * 100'000 * unit);
		left_ -= (exact{used} - exact{accounted_used_}) * unit;
		accounted_ns_ = now_;
		accounted_used_ = used;
		nr_accounts_++;
	}
	// In nanoseconds, rounded down.
	s64 left() const { return static_cast<s64>(left_ / unit) - (left_ % unit < 0); }

	void step()
	{
		if (in_.below(64) == 63)
			set_share(in_.below(1'001));
		if (in_.below(64) == 63) {
			regions_ = static_cast<u32>(in_.below(20'000));
			is_steady_ = false;
			same_cost_for_ = 0;
		}
		// The thread's clock is known exactly only sometimes.
		if (in_.below(16) == 15) {
			const u64 over = in_.below(most_estimate_ns);
			account(used_ + over);
			now_ += in_.below(100'000);
		}
		account(used_);
		if (const u64 debt = budget_.debt_ns())
			wait(debt);
		MUST(!permil_ || left() >= 0, "a sample begins in debt:", left(), permil_);
		sample();
	}

	// Not longer than it takes, and not shorter.
	void wait(u64 debt)
	{
		const exact inflow = exact{static_cast<s64>(permil_)} * 9;
		// No sample needs more than nine tenths of what can be kept.
		const exact most = exact{static_cast<s64>(permil_)} * 90'000 * unit;

		MUST(permil_ != 0, debt);
		const exact missing = most + (nr_accounts_ + 2) * unit - left_;
		MUST(missing > 0, "waits with", left());
		MUST(exact{debt} <= missing / inflow + 3, debt, left(), permil_);
		const u64 begun = now_;
		const u64 slack = static_cast<u64>(2 * unit / inflow) + 3;
		if (debt > slack) {
			damon::cpu_budget early = budget_;
			early.account(begun + debt - slack, used_);
			MUST(early.debt_ns() > 0, debt, slack);
		}
		// In samples or exactly.
		now_ += in_.flip() ? (debt + sample_ns_ - 1) / sample_ns_ * sample_ns_ : debt;
		skipped_ += (now_ - begun) / sample_ns_;
		account(used_);
		MUST(budget_.debt_ns() == 0, debt, budget_.debt_ns());
	}

	void sample()
	{
		const u32 checks =
			budget_.plan(sample_ns_, {last_work_ns_, window_, last_taken_}, regions_);

		MUST(!permil_ || (checks >= 1 && checks <= std::max(regions_, 1u)), checks,
		     regions_);
		MUST(permil_ || checks == regions_, checks, regions_);
		if (permil_) {
			// Costs may turn out higher: step by step.
			MUST(checks <= std::max<u64>(2 * u64{planned_}, 16), checks, planned_);
			// Not even at the lowest cost there was is it more than what is left.
			MUST(checks == 1 || !least_cost_ ||
				     exact{checks} * least_cost_ <= left_ / unit + 1 + checks,
			     checks, least_cost_, left());
			must_use_share(checks);
		}
		planned_ = checks;
		const u64 cost = is_steady_ ? check_ns_ : 1 + in_.below(2 * check_ns_);
		const u64 looking = checks * cost;
		const u64 position = taken_ + skipped_;
		const bool closes = position / window_ != (position + 1) / window_;
		const u64 work = closes ? work_ns_ : 0;

		note_slice(looking + work);
		used_ += looking + work;
		budget_.learn(looking);
		least_cost_ = least_cost_ ? std::min(least_cost_, cost) : cost;
		same_cost_for_ = is_steady_ ? same_cost_for_ + 1 : 0;
		taken_++;
		taken_in_aggregation_++;
		if (closes) {
			last_work_ns_ = work;
			last_taken_ = std::exchange(taken_in_aggregation_, 0);
		}
		now_ += std::max(sample_ns_, looking + work);
	}

	// With steady costs and nothing else to do, a sample uses what flows in, or looks at all.
	void must_use_share(u32 checks)
	{
		const u64 inflow = sample_ns_ * permil_ * 9 / 10'000;
		const u64 allowed = std::min(inflow, permil_ * 90'000);

		if (same_cost_for_ < 24 || work_ns_ || checks >= regions_)
			return;
		MUST(checks + 1 >= allowed * 9 / 10 / check_ns_, checks, allowed, check_ns_,
		     regions_);
		MUST(checks <= 1 || (checks - 1) * check_ns_ <= allowed, checks, allowed,
		     check_ns_);
	}

	// No second has more than the share, but for what one sample takes beyond what was left.
	void note_slice(u64 took)
	{
		u64 sum = 0;

		if (!permil_)
			return;
		slices_.push_back({now_, took});
		for (const slice &s : slices_)
			sum += s.at + second > now_ ? s.took : 0;
		const u64 beyond =
			took > static_cast<u64>(left()) ? took - static_cast<u64>(left()) : 0;
		MUST(sum <= permil_ * 1'000'000 + beyond + most_estimate_ns, sum, permil_, beyond);
	}

	struct slice {
		u64 at, took;
	};

	choices &in_;
	damon::cpu_budget budget_;
	u64 permil_ = 0, now_ = 0, used_ = 0;
	u64 sample_ns_ = 1, check_ns_ = 1, work_ns_ = 0;
	u32 regions_ = 0, window_ = 1;
	bool is_steady_ = false; // all checks cost the same
	u64 accounted_ns_ = 0, accounted_used_ = 0;
	exact left_ = 0;
	u64 nr_accounts_ = 0; // each may round by a nanosecond
	u32 planned_ = 0, same_cost_for_ = 0;
	u64 least_cost_ = 0;
	u64 taken_ = 0, skipped_ = 0, taken_in_aggregation_ = 0;
	u64 last_work_ns_ = 0, last_taken_ = 0;
	std::vector<slice> slices_;
};

} // namespace

void run_budget(choices &in)
{
	budget_run{in}.run();
}

} // namespace fuzz
