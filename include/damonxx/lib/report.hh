// SPDX-License-Identifier: GPL-2.0
// The reason for a failure, or a warning, as one line for the user.
#pragma once
#include "damonxx/lib/text.hh"

namespace damon {

// Holds at most one line.  The function that detects a failure records it with fail() and
// returns the errno; its callers prefix the path with at.  note() records a warning: inputs that
// are accepted, but probably not as the user meant them.  A failure overwrites a warning.
class report {
public:
	report() = default;
	report(const report &) = delete;
	report &operator=(const report &) = delete;

	// Records "@where: words..." unless a failure is recorded already.  Returns @error.
	template <typename... Words> errc fail(errc error, text_view where, Words... words)
	{
		if (!failed_)
			write(where, words...);
		failed_ = true;
		return error;
	}
	// Records "@where: words..." as a warning if there is no line yet; counts every call.
	template <typename... Words> void note(text_view where, Words... words)
	{
		if (!length_)
			write(where, words...);
		nr_notes_++;
	}
	bool failed() const { return failed_; }
	u32 nr_notes() const { return nr_notes_; }
	text_view line() const { return {line_, length_}; }

	// While it exists, every @where has the prefix "@directory/", or "@directory/@index/".
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
