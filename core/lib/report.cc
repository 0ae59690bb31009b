// SPDX-License-Identifier: GPL-2.0
#include "damonxx/lib/report.hh"

namespace damon {

report::at::at(report &why, text_view directory) : why_{why}, kept_{why.prefix_length_}
{
	why_.append_prefix(directory);
	why_.append_prefix("/");
}

report::at::at(report &why, text_view directory, u32 index) : at{why, directory}
{
	char text[12];
	text_writer number{text, sizeof(text)};

	number << index << '/';
	why_.append_prefix(number.view());
}

void report::append_prefix(text_view text)
{
	text_writer rest{prefix_ + prefix_length_,
			 static_cast<u32>(sizeof(prefix_)) - prefix_length_};

	rest << text;
	prefix_length_ += rest.size();
}

} // namespace damon
