// SPDX-License-Identifier: GPL-2.0
// Descriptions of files and directories, the source of Documentation/ABI: see scripts/abi.
#pragma once
#include "damonxx/lib/types.hh"

namespace damon {

// Never defined: where this is reached, a description does not end with a full stop.
void description_is_no_sentence();

// Has the text only in programs that are built with DAMONXX_DESCRIPTIONS.  Elsewhere it is empty:
// the compiler reads the literal, checks it, and does not put it into the object.
class description {
public:
	// No default: a row without a description does not compile.
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
