// SPDX-License-Identifier: GPL-2.0
// Accounts of quotas, one or a pool of them, under any sequence of questions and charges, beside the
// model of quota_model.hh.
#include "quota_model.hh"

#include "schemes/quota.hh"

namespace fuzz {
namespace {

using news = damon::quota_account::news;

constexpr u32 most_accounts = 3;
constexpr int most_steps = 80;

class quota_run {
public:
	explicit quota_run(choices &in)
		: in_{in}, now_{in.number() >> 2}, count_{1 +
							  static_cast<u32>(in.below(most_accounts))}
	{
		for (u32 i = 0; i < count_; i++)
			renew_limits(i);
	}

	void run()
	{
		for (int steps = 0; steps < most_steps && in_.any_left(); steps++) {
			const u32 i = static_cast<u32>(in_.below(count_));

			switch (in_.below(6)) {
			case 0:
				renew_limits(i);
				accounts_[i].revise();
				stale_[i] = true;
				break;
			case 1:
				now_ += in_.number() >> 16;
				break;
			case 2:
			case 3:
				// A whole number of windows, or nearly.
				now_ += in_.below(4) * limits_[i].reset_interval_ms % (1 << 20) *
						1'000'000 +
					in_.below(3);
				look(i);
				break;
			default:
				charge(i);
			}
			for (u32 k = 0; k < count_; k++)
				compare(k);
		}
	}

private:
	u64 limit() { return in_.flip() ? in_.number() : 0; }

	void renew_limits(u32 i)
	{
		damon::quota_inputs &limits = limits_[i];

		limits.ms = in_.flip() ? in_.below(200) : limit();
		limits.bytes = limit();
		// No smaller one passes validation.
		if (limits.bytes)
			limits.bytes = std::max<u64>(limits.bytes, 4096);
		limits.reset_interval_ms = in_.flip() ? in_.below(2000) : in_.number() >> 20;
		limits.pool = in_.flip();
		limits.fail_charge_denom = in_.flip() ? in_.number_u32() : 0;
		limits.fail_charge_num =
			static_cast<u32>(in_.below(u64{limits.fail_charge_denom} + 1));
		limits.block_bytes = in_.flip() ? 4096 : 2 << 20;
	}

	void look(u32 i)
	{
		const damon::quota_inputs &limits = limits_[i];
		const u64 slack = in_.flip() ? in_.below(5'000'000) : 0;
		const news said = accounts_[i].look(limits, now_, slack);
		const bool due = models_[i].window_due(limits, now_, slack);

		MUST(said == (due	  ? news::window
			      : stale_[i] ? news::revised
					  : news::none),
		     i, static_cast<int>(said), due, now_);
		if (said == news::none)
			return;
		const u64 goal_bytes = in_.flip() ? in_.number() : largest;
		if (due) {
			accounts_[i].begin_window(limits, now_, slack);
			models_[i].begin_window(limits, now_, slack);
		}
		compare_rate(i);
		accounts_[i].allow(limits, goal_bytes);
		models_[i].allow(limits, goal_bytes);
		// What depends on a ratio of rough totals is taken over.
		if (models_[i].is_rough() && limits.ms)
			models_[i].set_effective(accounts_[i].effective_bytes());
		stale_[i] = false;
		MUST(accounts_[i].look(limits, now_, 0) == news::none || !limits.reset_interval_ms,
		     i, now_);
	}

	// Exact, until the totals do not fit any more and only their ratio is kept.
	void compare_rate(u32 i)
	{
		const u64 rate = accounts_[i].bytes_per_ms();
		const u64 exact = at_most_u64(models_[i].bytes_per_ms());

		MUST(models_[i].is_rough() || rate == exact, i, rate, exact);
	}

	void charge(u32 i)
	{
		const u64 tried = in_.flip() ? in_.below(1 << 20) << 12 : in_.number();
		const u64 applied =
			in_.flip() ? in_.below(at_most_u64(wide{tried} + 2)) : in_.number();
		const u64 took_ns = in_.flip() ? in_.below(1 << 24) : in_.number() >> 8;
		const u64 charged = models_[i].charge_of(limits_[i], tried, applied);
		const u64 before = accounts_[i].charged_bytes();
		const bool used_up = accounts_[i].charge(limits_[i], tried, applied, took_ns);

		MUST(used_up == models_[i].charge(limits_[i], charged, took_ns), i, tried, applied);
		MUST(accounts_[i].charged_bytes() == at_most_u64(wide{before} + charged), i, tried,
		     applied, charged);
		for (u32 k = 0; k < count_ && limits_[i].pool; k++) {
			if (k == i || !limits_[k].pool)
				continue;
			const bool also =
				accounts_[k].charge_for_another(limits_[k], charged, took_ns);
			MUST(also == models_[k].charge_for_another(limits_[k], charged, took_ns), i,
			     k, charged);
		}
	}

	void compare(u32 i)
	{
		const damon::quota_account &is = accounts_[i];
		const quota_model &should = models_[i];
		const damon::quota_inputs &limits = limits_[i];

		MUST(is.effective_bytes() == should.effective(), i, is.effective_bytes(),
		     at_most_u64(should.effective()));
		MUST(is.charged_bytes() == at_most_u64(should.charged()), i, is.charged_bytes());
		MUST(is.cut_bytes(limits) == should.cut(limits), i, is.cut_bytes(limits));
		MUST(is.left_bytes(limits) == should.left(limits), i, is.left_bytes(limits),
		     at_most_u64(should.left(limits)));
		MUST(is.left_ns(limits) == should.left_ns(limits), i, is.left_ns(limits),
		     at_most_u64(should.left_ns(limits)));
		MUST(is.full(limits) == should.full(limits), i);
	}

	choices &in_;
	u64 now_;
	u32 count_;
	damon::quota_inputs limits_[most_accounts];
	damon::quota_account accounts_[most_accounts];
	quota_model models_[most_accounts];
	bool stale_[most_accounts] = {};
};

} // namespace

void run_quota(choices &in)
{
	quota_run{in}.run();
}

} // namespace fuzz
