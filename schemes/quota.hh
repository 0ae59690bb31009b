// SPDX-License-Identifier: GPL-2.0
// The account of a quota: what of it is left in this window.
#pragma once
#include "damonxx/math.hh"
#include "schemes/quota_inputs.hh"

namespace damon {

/*
 * Windows of reset_interval_ms follow each other without gaps, however late it is noticed that one
 * is over.  Who asks a little early, by @slack_ns, gets the next one, as passes that are due with
 * the windows do not come to the nanosecond; on average nothing is gained by that.  What may be
 * done in a window, in bytes, is decided when it begins: min(the goals' part, what fits into
 * the time, the bytes).  A goal that says nothing may be done is obeyed whatever the other
 * limits are; a time always allows a page, as what has achieved nothing so far would never be
 * tried again otherwise.
 */
class quota_account {
public:
	enum class news {
		none,
		revised,	// a commit may have changed the limits; the window goes on
		window,		// a window begins
	};
	// What there is to decide at @now_ns: for anything but none, allow() is to follow.
	news look(const quota_inputs &config, u64 now_ns, u64 slack_ns = 0) const;
	// The present window, if any, is over, and one begins.
	void begin_window(const quota_inputs &config, u64 now_ns, u64 slack_ns = 0);
	// @goal_bytes: what the goals allow, u64_max without any.
	void allow(const quota_inputs &config, u64 goal_bytes);
	// The limits may be others from now on.
	void revise() { stale_ = true; }

	u64 effective_bytes() const { return effective_bytes_; }
	u64 charged_bytes() const { return charged_bytes_; }
	// What may still be done, in whole blocks, or in pages if no block is allowed at all.
	u64 left_bytes(const quota_inputs &config) const;
	// Where memory is cut that not all of is allowed: multiples of this.
	u64 cut_bytes(const quota_inputs &config) const
	{
		return effective_bytes_ < config.block_bytes ? page_bytes : config.block_bytes;
	}
	u64 left_ns(const quota_inputs &config) const;
	bool full(const quota_inputs &config) const
	{
		return !left_bytes(config) || !left_ns(config);
	}
	// @tried_bytes were tried in @took_ns, and @applied_bytes of them, or a little more, done.
	// True: now the window is used up, for the first time.
	bool charge(const quota_inputs &config, u64 tried_bytes, u64 applied_bytes, u64 took_ns);
	// The same when another scheme of the pool has used so much of this window.
	bool charge_for_another(const quota_inputs &config, u64 bytes, u64 took_ns);
	// As measured, or a guess where nothing has been.
	u64 bytes_per_ms() const;

private:
	bool note_if_full(const quota_inputs &config);

	u64 window_ns_ = 0;	// when it began, or will in a moment
	u64 effective_bytes_ = 0;
	u64 charged_bytes_ = 0;	// in this window
	u64 charged_ns_ = 0;
	u64 others_bytes_ = 0;	// charged to others of the pool in it
	u64 others_ns_ = 0;
	u64 total_bytes_ = 0;	// in all windows before
	u64 total_ns_ = 0;
	bool begun_ = false;
	bool used_up_ = false;	// this window has been
	bool stale_ = false;
};

} // namespace damon
