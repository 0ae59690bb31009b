// SPDX-License-Identifier: GPL-2.0
// Why something was refused, or done only in part, in one line a user can act on.
#pragma once
#include "damonxx/lib/text.hh"

namespace damon {

// Holds at most one line.  The place that knows the reason writes it with fail() and
// returns the errno; callers above may narrow down where with at().  What is no failure, but
// surely not what the user meant, is told with note(); a failure takes its place.
class report {
public:
	report() = default;
	report(const report &) = delete;
	report &operator=(const report &) = delete;

	// Keeps "@where: words..." unless a reason is there already, and returns @error.
	template <typename... Words> errc fail(errc error, text_view where, Words... words)
	{
		if (!failed_)
			write(where, words...);
		failed_ = true;
		return error;
	}
	// Keeps "@where: words..." unless a line is there already, and counts.
	template <typename... Words> void note(text_view where, Words... words)
	{
		if (!length_)
			write(where, words...);
		nr_notes_++;
	}
	bool failed() const { return failed_; }
	u32 nr_notes() const { return nr_notes_; }
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
	template <typename... Words> void write(text_view where, Words... words)
	{
		text_writer line{line_, sizeof(line_)};

		line << prefix() << where << ": ";
		(line << ... << words);
		length_ = line.size();
	}

	char line_[256] = {};
	char prefix_[96] = {};
	u32 length_ = 0;
	u32 prefix_length_ = 0;
	u32 nr_notes_ = 0;
	bool failed_ = false;
};

} // namespace damon
