// SPDX-License-Identifier: GPL-2.0
// Descriptions of files and directories, the source of Documentation/ABI: see scripts/abi.
#pragma once
#include "damonxx/lib/types.hh"

namespace damon {

// Never defined: a call is a compile-time error, for a description without a full stop at its end.
void description_is_no_sentence();

// Holds the text only in programs that are built with DAMONXX_DESCRIPTIONS.  Otherwise the compiler
// checks the literal and does not emit it.
class description {
public:
	// No default argument, so that a row without a description does not compile.
	consteval description(const char *text)
#ifdef DAMONXX_DESCRIPTIONS
		: text_{text}
#endif
	{
		u32 length = 0;

		while (text[length])
			length++;
		if (length < 2 || text[length - 1] != '.')
			description_is_no_sentence();
	}

#ifdef DAMONXX_DESCRIPTIONS
	constexpr const char *text() const { return text_; }

private:
	const char *text_;
#endif
};

} // namespace damon
