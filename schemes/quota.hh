// SPDX-License-Identifier: GPL-2.0
// Quota account: what is left of a quota in the current quota window.
#pragma once
#include "damonxx/lib/math.hh"
#include "schemes/quota_inputs.hh"

namespace damon {

/*
 * Quota windows of reset_interval_ms follow each other without gaps, however late the end of one is
 * noticed.  A caller that is early by up to @slack_ns gets the next window, as passes that are due
 * with the windows are not exact to the nanosecond; the average length of windows stays the same.
 * When a window begins, the effective quota is decided, in bytes: min(what the goals allow, what
 * fits into the time quota, the size quota).  If a goal allows 0 bytes, the effective quota is 0
 * whatever the other limits are.  A time quota allows a page at least: a scheme without success so
 * far would otherwise never be tried again.
 */
class quota_account {
public:
	enum class news {
		none,
		revised,	// a commit may have changed the limits; the window continues
		window,		// a window begins
	};
	// What has to be decided at @now_ns.  Unless it is none, the caller must call allow(), for
	// window after begin_window().
	news look(const quota_inputs &config, u64 now_ns, u64 slack_ns = 0) const;
	// Ends the current window, if any, and begins the next.
	void begin_window(const quota_inputs &config, u64 now_ns, u64 slack_ns = 0);
	// Decides the effective quota.  @goal_bytes: what the goals allow; u64_max without goals.
	void allow(const quota_inputs &config, u64 goal_bytes);
	// The limits may have changed: the effective quota has to be decided again.
	void revise() { stale_ = true; }

	u64 effective_bytes() const { return effective_bytes_; }
	u64 charged_bytes() const { return charged_bytes_; }
	// Bytes left in this window: whole blocks, or whole pages if the effective quota is less
	// than a block.
	u64 left_bytes(const quota_inputs &config) const;
	// Regions are split to the quota at multiples of this.
	u64 cut_bytes(const quota_inputs &config) const
	{
		return effective_bytes_ < config.block_bytes ? page_bytes : config.block_bytes;
	}
	u64 left_ns(const quota_inputs &config) const;
	bool full(const quota_inputs &config) const
	{
		return !left_bytes(config) || !left_ns(config);
	}
	// Charges @tried_bytes that took @took_ns, of which @applied_bytes were applied; these may
	// be more, as large folios reach beyond regions.  Returns true if this has used up the
	// quota, once per window.
	bool charge(const quota_inputs &config, u64 tried_bytes, u64 applied_bytes, u64 took_ns);
	// The same for @bytes that another scheme of the pool has used.
	bool charge_for_another(const quota_inputs &config, u64 bytes, u64 took_ns);
	// Measured throughput, or an estimate before the first measurement.
	u64 bytes_per_ms() const;

private:
	bool report_full(const quota_inputs &config);

	u64 window_ns_ = 0;	// start of this window, up to the slack in the future
	u64 effective_bytes_ = 0;
	u64 charged_bytes_ = 0;	// in this window
	u64 charged_ns_ = 0;
	u64 others_bytes_ = 0;	// charged to other schemes of the pool in it
	u64 others_ns_ = 0;
	u64 total_bytes_ = 0;	// in all windows before
	u64 total_ns_ = 0;
	bool begun_ = false;
	bool used_up_ = false;	// the quota of this window has been
	bool stale_ = false;
};

} // namespace damon
