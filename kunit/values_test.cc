// SPDX-License-Identifier: GPL-2.0
#include "kunit/sandbox.hh"
#include "kunit/test.hh"
#include "sysfs/values.hh"

using namespace damon;
using damon::test_tree::sandbox;

namespace {

status show_answer(node &, text_writer &out)
{
	out << "42\n43\n";
	return ok;
}

status show_failure(node &, text_writer &)
{
	return errc::canceled;
}

status store_answer(node &, text_view written)
{
	return written == text_view{"42\n"} ? ok : status{errc::range};
}

constexpr const char *animals[] = {"cat", "dog"};

bool is_no_cat(const node &, u64 value)
{
	return value != 0;
}

constexpr description about = "Of this test.";
constexpr cell cells[] = {
	ulong_cell("ulong", about, 7),
	uint_cell("uint", about, 8),
	int_cell("int", about, -9),
	bool_cell("bool", about, true),
	keyword_cell("keyword", about, animals),
	text_cell("text", about),
	einval_only(int_cell("strict", about)),
	read_only(ulong_cell("fixed", about, 5)),
	computed_cell("answer", about, show_answer, store_answer),
	computed_cell("failure", about, show_failure),
	only_if(keyword_cell("guest", about, animals), is_no_cat),
};
constinit kind values_kind{.about = about, .cells = cells};

// The text that a read returns, or "?" if it fails.
class content {
public:
	content(node &dir, u32 cell)
	{
		text_writer out{text_, sizeof(text_)};

		if (!show_cell(dir, cell, out).is_ok())
			out << '?';
		size_ = out.size();
	}
	operator text_view() const { return {text_, size_}; }

private:
	char text_[128];
	u32 size_;
};

bool reads(node &dir, u32 cell, text_view wanted)
{
	return static_cast<text_view>(content{dir, cell}) == wanted;
}

// Writes @text and compares the text that is read afterwards with @wanted.
bool keeps(node &dir, u32 cell, text_view text, text_view wanted)
{
	return store_cell(dir, cell, text).is_ok() && reads(dir, cell, wanted);
}

// The write fails with @error, and a read returns the same text as before.
bool refuses(node &dir, u32 cell, text_view text, errc error)
{
	const content before{dir, cell};

	return store_cell(dir, cell, text).is(error) && reads(dir, cell, before);
}

} // namespace

CASE(values, show_new_directory_gives_defaults)
{
	sandbox box{values_kind};
	ASSERT(box.top());
	node &dir = *box.top();

	EXPECT(reads(dir, cell_of(cells, "ulong"), "7\n"));
	EXPECT(reads(dir, cell_of(cells, "uint"), "8\n"));
	EXPECT(reads(dir, cell_of(cells, "int"), "-9\n"));
	EXPECT(reads(dir, cell_of(cells, "bool"), "Y\n"));
	EXPECT(reads(dir, cell_of(cells, "keyword"), "cat\n"));
	EXPECT(reads(dir, cell_of(cells, "text"), "\n"));
	EXPECT(reads(dir, cell_of(cells, "fixed"), "5\n"));
}

CASE(values, store_integer_is_kept_or_refused_by_width)
{
	sandbox box{values_kind};
	ASSERT(box.top());
	node &dir = *box.top();
	constexpr u32 u64_cell = cell_of(cells, "ulong");
	constexpr u32 u32_cell = cell_of(cells, "uint");
	constexpr u32 s32_cell = cell_of(cells, "int");

	EXPECT(keeps(dir, u64_cell, "18446744073709551615\n", "18446744073709551615\n"));
	EXPECT(keeps(dir, u64_cell, "0x10", "16\n"));
	EXPECT(keeps(dir, u64_cell, "+010\n", "8\n"));
	EXPECT(refuses(dir, u64_cell, "18446744073709551616", errc::range));
	EXPECT(refuses(dir, u64_cell, "-1", errc::inval));
	EXPECT(refuses(dir, u64_cell, "1 2", errc::inval));
	EXPECT(refuses(dir, u64_cell, "1\n\n", errc::inval));
	EXPECT(refuses(dir, u64_cell, "\n", errc::inval));
	EXPECT(keeps(dir, u32_cell, "4294967295", "4294967295\n"));
	EXPECT(refuses(dir, u32_cell, "4294967296", errc::range));
	EXPECT(keeps(dir, s32_cell, "-2147483648", "-2147483648\n"));
	EXPECT(keeps(dir, s32_cell, "2147483647", "2147483647\n"));
	EXPECT(refuses(dir, s32_cell, "2147483648", errc::range));
	EXPECT(refuses(dir, s32_cell, "x", errc::inval));
}

CASE(values, store_out_of_range_in_strict_cell_fails_einval)
{
	sandbox box{values_kind};
	ASSERT(box.top());

	EXPECT(refuses(*box.top(), cell_of(cells, "strict"), "2147483648", errc::inval));
	EXPECT(refuses(*box.top(), cell_of(cells, "strict"), "x", errc::inval));
}

CASE(values, store_bool_and_keyword_accept_whole_words)
{
	sandbox box{values_kind};
	ASSERT(box.top());
	node &dir = *box.top();

	EXPECT(keeps(dir, cell_of(cells, "bool"), "off\n", "N\n"));
	EXPECT(keeps(dir, cell_of(cells, "bool"), "on", "Y\n"));
	EXPECT(refuses(dir, cell_of(cells, "bool"), "2", errc::inval));
	EXPECT(keeps(dir, cell_of(cells, "keyword"), "dog\n", "dog\n"));
	EXPECT(refuses(dir, cell_of(cells, "keyword"), "Dog", errc::inval));
	EXPECT(refuses(dir, cell_of(cells, "keyword"), "dogs", errc::inval));
	EXPECT(refuses(dir, cell_of(cells, "keyword"), "dog\n\n", errc::inval));
}

CASE(values, store_text_is_shown_as_written)
{
	static char longest[4095];
	sandbox box{values_kind};
	ASSERT(box.top());
	node &dir = *box.top();
	constexpr u32 text = cell_of(cells, "text");

	EXPECT(keeps(dir, text, "/a/b", "/a/b\n"));
	EXPECT(keeps(dir, text, "/c\n", "/c\n\n"));
	__builtin_memset(longest, 'x', sizeof(longest));
	EXPECT(refuses(dir, text, {longest, 4095}, errc::inval));
	EXPECT_OK(store_cell(dir, text, {longest, 4094}));
	dir.reset(sandbox::locked());
	EXPECT(reads(dir, text, "\n"));
}

CASE(values, store_read_only_cell_fails_einval)
{
	sandbox box{values_kind};
	ASSERT(box.top());

	EXPECT(refuses(*box.top(), cell_of(cells, "fixed"), "6", errc::inval));
	EXPECT(refuses(*box.top(), cell_of(cells, "failure"), "6", errc::inval));
}

CASE(values, store_and_show_computed_cell_call_its_functions)
{
	sandbox box{values_kind};
	ASSERT(box.top());
	node &dir = *box.top();
	char text[8];
	text_writer out{text, sizeof(text)};

	EXPECT(keeps(dir, cell_of(cells, "answer"), "42\n", "42\n43\n"));
	EXPECT(refuses(dir, cell_of(cells, "answer"), "41\n", errc::range));
	EXPECT_ERROR(show_cell(dir, cell_of(cells, "failure"), out), errc::canceled);
}

CASE(values, store_refused_by_directory_keeps_value)
{
	const sandbox box{values_kind};
	constexpr u32 guest = cell_of(cells, "guest");

	ASSERT(box.top());
	EXPECT(reads(*box.top(), guest, "cat\n"));
	EXPECT(refuses(*box.top(), guest, "cat", errc::inval));
	EXPECT(keeps(*box.top(), guest, "dog", "dog\n"));
	EXPECT(refuses(*box.top(), guest, "cat\n", errc::inval));
	EXPECT(refuses(*box.top(), guest, "bird", errc::inval));
}
