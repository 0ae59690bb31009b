// SPDX-License-Identifier: GPL-2.0
// Why something was refused, in one line a user can act on.
#pragma once
#include "damonxx/text.hh"

namespace damon {

// Holds at most one line.  The place that knows the reason writes it with fail() and
// returns the errno; callers above may narrow down where with at().
class report {
public:
	report() = default;
	report(const report &) = delete;
	report &operator=(const report &) = delete;

	// Keeps "@where: words..." unless a reason is there already, and returns @error.
	template <typename... Words> errc fail(errc error, text_view where, Words... words)
	{
		if (!length_) {
			text_writer line{line_, sizeof(line_)};
			line << prefix() << where << ": ";
			(line << ... << words);
			length_ = line.size();
		}
		return error;
	}
	text_view line() const { return {line_, length_}; }

	// While it lives, "@directory" and "/@index/" stand before every place.
	class [[nodiscard]] at {
	public:
		at(report &why, text_view directory);
		at(report &why, text_view directory, u32 index);
		~at() { why_.prefix_length_ = kept_; }
		at(const at &) = delete;
		at &operator=(const at &) = delete;

	private:
		report &why_;
		u32 kept_;
	};

private:
	text_view prefix() const { return {prefix_, prefix_length_}; }
	void append_prefix(text_view text);

	char line_[256] = {};
	char prefix_[96] = {};
	u32 length_ = 0;
	u32 prefix_length_ = 0;
};

} // namespace damon
