// SPDX-License-Identifier: GPL-2.0
#include "schemes/quota.hh"

namespace damon {

namespace {

constexpr u64 ns_per_ms = 1'000'000;
constexpr u64 first_pages_per_ms = 1024;
constexpr u64 most_total = u64{1} << 62;

} // namespace

quota_account::news quota_account::look(const quota_inputs &config, u64 now_ns, u64 slack_ns) const
{
	const u64 asked_ns = saturating_add(now_ns, slack_ns);
	const u64 passed_ns = asked_ns - min(window_ns_, asked_ns);

	if (!begun_ || passed_ns >= saturating_mul(config.reset_interval_ms, ns_per_ms))
		return news::window;
	return stale_ ? news::revised : news::none;
}

void quota_account::begin_window(const quota_inputs &config, u64 now_ns, u64 slack_ns)
{
	const u64 asked_ns = saturating_add(now_ns, slack_ns);
	const u64 length_ns = saturating_mul(config.reset_interval_ms, ns_per_ms);

	total_bytes_ = saturating_add(total_bytes_, charged_bytes_);
	total_ns_ = saturating_add(total_ns_, charged_ns_);
	// Only their ratio matters.
	while (total_bytes_ > most_total || total_ns_ > most_total) {
		total_bytes_ /= 2;
		total_ns_ /= 2;
	}
	charged_bytes_ = 0;
	charged_ns_ = 0;
	others_bytes_ = 0;
	others_ns_ = 0;
	if (begun_ && length_ns && asked_ns >= window_ns_)
		window_ns_ = asked_ns - (asked_ns - window_ns_) % length_ns;
	else
		window_ns_ = now_ns;
	begun_ = true;
	used_up_ = false;
}

void quota_account::allow(const quota_inputs &config, u64 goal_bytes)
{
	u64 most = goal_bytes;

	if (config.ms)
		most = min(most, max(saturating_mul(bytes_per_ms(), config.ms), page_bytes));
	if (config.bytes)
		most = min(most, config.bytes);
	effective_bytes_ = most;
	stale_ = false;
}

u64 quota_account::left_bytes(const quota_inputs &config) const
{
	u64 left = effective_bytes_ - min(charged_bytes_, effective_bytes_);

	if (config.pool && config.bytes)
		left = min(left, config.bytes - min(saturating_add(charged_bytes_, others_bytes_),
						    config.bytes));
	return align_down(left, cut_bytes(config));
}

u64 quota_account::left_ns(const quota_inputs &config) const
{
	if (!config.ms)
		return u64_max;
	const u64 most_ns = saturating_mul(config.ms, ns_per_ms);
	const u64 pool_ns = config.pool ? saturating_add(charged_ns_, others_ns_) : charged_ns_;
	return most_ns - min(pool_ns, most_ns);
}

bool quota_account::charge(const quota_inputs &config, u64 tried_bytes, u64 applied_bytes,
			   u64 took_ns)
{
	u64 bytes = tried_bytes;

	if (config.fail_charge_denom && applied_bytes <= tried_bytes)
		bytes = saturating_add(applied_bytes,
				       mul_div(tried_bytes - applied_bytes, config.fail_charge_num,
					       config.fail_charge_denom));
	charged_bytes_ = saturating_add(charged_bytes_, bytes);
	charged_ns_ = saturating_add(charged_ns_, took_ns);
	return note_if_full(config);
}

bool quota_account::charge_for_another(const quota_inputs &config, u64 bytes, u64 took_ns)
{
	others_bytes_ = saturating_add(others_bytes_, bytes);
	others_ns_ = saturating_add(others_ns_, took_ns);
	return note_if_full(config);
}

bool quota_account::note_if_full(const quota_inputs &config)
{
	return full(config) && !std::exchange(used_up_, true);
}

u64 quota_account::bytes_per_ms() const
{
	if (!total_ns_)
		return first_pages_per_ms * page_bytes;
	return mul_div(total_bytes_, ns_per_ms, total_ns_);
}

} // namespace damon
