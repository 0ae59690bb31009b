// SPDX-License-Identifier: GPL-2.0
#pragma once

// Quotas and goals as the specification words them: 128-bit arithmetic, no state that could be
// derived.

#include "fuzz.hh"

#include "schemes/quota_inputs.hh"

#include <algorithm>

namespace fuzz {

using wide = unsigned __int128;

inline constexpr u64 largest = ~u64{0};

constexpr u64 at_most_u64(wide value)
{
	return value > largest ? largest : static_cast<u64>(value);
}

// The next value of an input whose growth makes @score grow, which should be 10000.
constexpr wide fed_back(wide last, wide score)
{
	const wide goal = 10'000;

	if (score >= 2 * goal)
		return 10'000;
	const wide missing = score < goal ? goal - score : score - goal;
	const wide step = last * missing / goal;
	return std::clamp<wide>(score < goal ? last + step : last - step, 10'000, largest);
}

// What the goals of one scheme allow.
class goal_model {
public:
	// @matching: bytes of all that the scheme could be applied to.  @step: a window begins.
	wide allowed(damon::goal_tuner tuner, u64 bytes, u64 score, u64 matching, bool step)
	{
		const u64 missing = score < 10'000 ? 10'000 - score : 0;

		if (tuner == damon::goal_tuner::temporal)
			return !missing ? 0 : bytes ? bytes : largest;
		if (tuner == damon::goal_tuner::consist) {
			if (step || !known_)
				scaled_ = fed_back(std::max<wide>(scaled_, 10'000), score);
			known_ = true;
			return scaled_ / 10'000;
		}
		if (bytes)
			return wide{bytes} * missing / 10'000;
		if (!matching)
			return 0;
		const wide most = std::min<wide>(wide{matching} * 10'000, largest);
		if (!known_)
			scaled_ = most;
		else if (step)
			scaled_ = std::min(fed_back(scaled_, score), most);
		known_ = true;
		return std::min(scaled_, most) / 10'000 * missing / 10'000;
	}

private:
	wide scaled_ = 0; // in 1/10000 of a byte
	bool known_ = false;
};

// The account of one quota: windows side by side, and what was charged in the present one.
class quota_model {
public:
	bool window_due(const damon::quota_inputs &limits, u64 now_ns, u64 slack_ns) const
	{
		return !begun_ || !limits.reset_interval_ms ||
		       wide{now_ns} + slack_ns >= start_ + length(limits);
	}
	void begin_window(const damon::quota_inputs &limits, u64 now_ns, u64 slack_ns)
	{
		const wide asked = wide{now_ns} + slack_ns;

		total_bytes_ += bytes_;
		total_ns_ += ns_;
		bytes_ = ns_ = others_bytes_ = others_ns_ = 0;
		used_up_ = false;
		if (begun_ && limits.reset_interval_ms && asked >= start_)
			start_ += (asked - start_) / length(limits) * length(limits);
		else
			start_ = now_ns;
		begun_ = true;
	}
	// The least of what goals, time and bytes allow; a time allows a page at least.
	void allow(const damon::quota_inputs &limits, wide goal_bytes)
	{
		effective_ = goal_bytes;
		if (limits.ms)
			effective_ = std::min(
				effective_, std::max<wide>(wide{limits.ms} * bytes_per_ms(), 4096));
		if (limits.bytes)
			effective_ = std::min<wide>(effective_, limits.bytes);
		effective_ = std::min<wide>(effective_, largest);
	}
	// All that was done, by all that it took; a guess before anything was.
	wide bytes_per_ms() const
	{
		return total_ns_ ? std::min<wide>(total_bytes_ * 1'000'000 / total_ns_, largest)
				 : 1024 * 4096;
	}
	// Totals of which the product keeps the ratio only.
	bool is_rough() const { return (total_bytes_ | total_ns_) >> 62; }
	u64 charge_of(const damon::quota_inputs &limits, u64 tried, u64 applied) const
	{
		if (!limits.fail_charge_denom || applied > tried)
			return tried;
		return at_most_u64(applied + wide{tried - applied} * limits.fail_charge_num /
						     limits.fail_charge_denom);
	}
	// True if that has used the window up.
	bool charge(const damon::quota_inputs &limits, u64 bytes, u64 took_ns)
	{
		bytes_ += bytes;
		ns_ += took_ns;
		return note_use(limits);
	}
	bool charge_for_another(const damon::quota_inputs &limits, u64 bytes, u64 took_ns)
	{
		others_bytes_ += bytes;
		others_ns_ += took_ns;
		return note_use(limits);
	}
	wide effective() const { return effective_; }
	void set_effective(wide bytes) { effective_ = bytes; }
	wide charged() const { return bytes_; }
	// When the window began.
	wide start() const { return start_; }
	wide charged_to_others() const { return others_bytes_; }
	wide spent_ns() const { return ns_; }
	wide cut(const damon::quota_inputs &limits) const
	{
		return effective_ < limits.block_bytes ? 4096 : limits.block_bytes;
	}
	wide left(const damon::quota_inputs &limits) const
	{
		wide left = effective_ - std::min(bytes_, effective_);

		if (limits.pool && limits.bytes)
			left = std::min(left, limits.bytes - std::min<wide>(bytes_ + others_bytes_,
									    limits.bytes));
		return left / cut(limits) * cut(limits);
	}
	wide left_ns(const damon::quota_inputs &limits) const
	{
		const wide most = std::min<wide>(wide{limits.ms} * 1'000'000, largest);
		const wide spent = limits.pool ? ns_ + others_ns_ : ns_;

		return limits.ms ? most - std::min(spent, most) : largest;
	}
	bool full(const damon::quota_inputs &limits) const
	{
		return !left(limits) || !left_ns(limits);
	}

private:
	static wide length(const damon::quota_inputs &limits)
	{
		return wide{limits.reset_interval_ms} * 1'000'000;
	}
	bool note_use(const damon::quota_inputs &limits)
	{
		const bool first = full(limits) && !used_up_;

		used_up_ |= first;
		return first;
	}

	bool begun_ = false, used_up_ = false;
	wide start_ = 0;
	wide effective_ = 0;
	wide bytes_ = 0, ns_ = 0, others_bytes_ = 0, others_ns_ = 0; // in this window
	wide total_bytes_ = 0, total_ns_ = 0;			     // in those before
};

} // namespace fuzz
