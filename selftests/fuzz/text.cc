// SPDX-License-Identifier: GPL-2.0
// Texts in and out: parsing against kstrto.hh, printing against the C++ library, files of
// every type of cell through the functions that the kernel calls.
#include "fuzz.hh"
#include "kstrto.hh"

#include "damonxx/lib/report.hh"
#include "kunit/sandbox.hh"
#include "sysfs/values.hh"

#include <memory>

namespace fuzz {
namespace {

using damon::cell;
using damon::text_view;
using damon::text_writer;

constexpr const char *animals[] = {"cat", "dog", "cats", ""};

// A text at the end of its memory, so that reading on is seen.
class tight_text {
public:
	explicit tight_text(const std::string &text)
		: size_(static_cast<u32>(text.size())), memory_(new char[text.size()])
	{
		text.copy(memory_.get(), text.size());
	}
	operator text_view() const { return {memory_.get(), size_}; }

private:
	u32 size_;
	std::unique_ptr<char[]> memory_;
};

std::string any_text(choices &in)
{
	static const char *const words[] = {"on",     "off", "y",   "N",  "cat", "dog\n",
					    "cats\n", "\n",  "Off", "oN", "o",	 "cat\n\n"};

	switch (in.below(4)) {
	case 0:
		return in.text(40);
	case 1:
		return in.one_of(words);
	default:
		return number_like(in);
	}
}

template <typename Result> parsed as_parsed(Result result)
{
	const int error = -result.error().to_errno();

	if (!result.is_ok())
		return {error};
	return {0, static_cast<s64>(move(result).take())};
}

void parse(choices &in)
{
	const std::string text = any_text(in);
	const tight_text tight{text};

	MUST(as_parsed(damon::parse_u64(tight)) == parse_unsigned(text, ~u64{0}), text);
	MUST(as_parsed(damon::parse_u32(tight)) == parse_unsigned(text, ~u32{0}), text);
	MUST(as_parsed(damon::parse_s32(tight)) == parse_int(text), text);
	MUST(as_parsed(damon::parse_bool(tight)) == parse_boolean(text), text);
	MUST(as_parsed(damon::parse_keyword(tight, animals)) == parse_name(text, animals), text);
}

// Any value comes back from its own print.
void round_trip(choices &in)
{
	const u64 value = in.number();
	char memory[24];
	text_writer out{memory, sizeof(memory)};

	out << value;
	MUST(as_parsed(damon::parse_u64(out.view())) == (parsed{0, static_cast<s64>(value)}));
	const s32 number = static_cast<s32>(static_cast<u32>(value));
	text_writer again{memory, sizeof(memory)};
	again << number << '\n';
	MUST(as_parsed(damon::parse_s32(again.view())) == (parsed{0, number}), number);
}

// Appends one thing to both.
void put(choices &in, text_writer &out, std::string &wanted)
{
	const u64 value = in.number();

	switch (in.below(7)) {
	case 0:
		out << value;
		wanted += std::to_string(value);
		break;
	case 1:
		out << static_cast<s64>(value);
		wanted += std::to_string(static_cast<s64>(value));
		break;
	case 2:
		out << static_cast<u32>(value);
		wanted += std::to_string(static_cast<u32>(value));
		break;
	case 3:
		out << static_cast<s32>(value);
		wanted += std::to_string(static_cast<s32>(value));
		break;
	case 4:
		out << static_cast<char>(value);
		wanted += static_cast<char>(value);
		break;
	case 5:
		out << (value % 2 != 0);
		wanted += value % 2 != 0 ? "Y" : "N";
		break;
	default: {
		const std::string text = in.text(20);
		out << tight_text{text};
		wanted += text;
	}
	}
}

void print(choices &in)
{
	const u32 room = static_cast<u32>(in.below(80));
	const std::unique_ptr<char[]> memory(new char[room]);
	text_writer out{memory.get(), room};
	std::string wanted;

	for (u64 n = in.below(12); n > 0; n--)
		put(in, out, wanted);
	wanted.resize(std::min<size_t>(wanted.size(), room ? room - 1 : 0));
	MUST(out.size() == wanted.size(), out.size(), wanted.size());
	MUST(std::string(memory.get(), out.size()) == wanted, wanted);
	MUST(room == 0 || memory[out.size()] == '\0');
}

// Directories around a failure, each in a frame of its own as in real use.
void fail_below(choices &in, damon::report &why, std::string prefix, std::string &wanted, int depth)
{
	constexpr size_t longest_prefix = 95, longest_line = 255;
	const std::string name = in.text(30);

	if (depth == 0) {
		const u64 number = in.number();
		const std::string line = prefix + name + ": at " + std::to_string(number);

		static_cast<void>(why.fail(damon::errc::inval, tight_text{name}, "at ", number));
		if (wanted.empty())
			wanted = line.substr(0, longest_line);
		return;
	}
	const u32 index = in.number_u32();
	if (in.flip()) {
		const damon::report::at here{why, tight_text{name}, index};
		for (const std::string &part :
		     {name, std::string{"/"}, std::to_string(index) + "/"})
			prefix = (prefix + part).substr(0, longest_prefix);
		fail_below(in, why, prefix, wanted, depth - 1);
	} else {
		const damon::report::at here{why, tight_text{name}};
		for (const std::string &part : {name, std::string{"/"}})
			prefix = (prefix + part).substr(0, longest_prefix);
		fail_below(in, why, prefix, wanted, depth - 1);
	}
}

void complain(choices &in)
{
	damon::report why;
	std::string wanted;

	for (u64 n = in.below(3); n > 0; n--) {
		fail_below(in, why, "", wanted, static_cast<int>(in.below(6)));
		MUST(std::string(why.line().data(), why.line().size()) == wanted, wanted);
	}
}

// ---- files

constexpr damon::description about = "Of this test.";
constexpr cell cells[] = {
	damon::ulong_cell("ulong", about, 7),
	damon::uint_cell("uint", about, 8),
	damon::int_cell("int", about, -9),
	damon::bool_cell("bool", about, true),
	damon::keyword_cell("keyword", about, animals),
	damon::text_cell("text", about),
	damon::einval_only(damon::int_cell("strict", about)),
	damon::read_only(damon::ulong_cell("fixed", about, 5)),
	damon::count_cell("count", about),
};
constexpr cell leaf_cells[] = {damon::ulong_cell("leaf", about, 3)};
constinit damon::kind leaf_kind{.about = about, .cells = leaf_cells};
constinit damon::kind files_kind{
	.about = about,
	.cells = cells,
	.numbered = {.of = &leaf_kind, .most = 5},
};

struct expected_write {
	int error = 0;
	std::string content; // of the file, if there is no error
};

expected_write expect(const std::string &name, const std::string &text)
{
	const auto number = [](const parsed &p) {
		return expected_write{p.error, std::to_string(p.value) + "\n"};
	};

	if (name == "ulong") {
		const parsed p = parse_unsigned(text, ~u64{0});
		return {p.error, std::to_string(static_cast<u64>(p.value)) + "\n"};
	}
	if (name == "uint")
		return number(parse_unsigned(text, ~u32{0}));
	if (name == "int")
		return number(parse_int(text));
	if (name == "strict") {
		const parsed p = parse_int(text);
		return number(p.error != 0 ? parsed{EINVAL} : p);
	}
	if (name == "count") {
		const parsed p = parse_int(text);
		const bool fits = 0 <= p.value && p.value <= 5;
		return number(p.error == 0 && !fits ? parsed{EINVAL} : p);
	}
	if (name == "bool") {
		const parsed p = parse_boolean(text);
		return {p.error, p.value ? "Y\n" : "N\n"};
	}
	if (name == "keyword") {
		const parsed p = parse_name(text, animals);
		return {p.error, std::string(animals[p.value]) + "\n"};
	}
	if (name == "text")
		return {0, text + "\n"};
	return {EACCES, ""};
}

void files(choices &in)
{
	damon::test_tree::sandbox box{files_kind};
	constexpr u32 n = sizeof(cells) / sizeof(cells[0]);
	std::string contents[n];

	MUST(box.top() != nullptr);
	host::set_base("/damonxx_test");
	for (u32 i = 0; i < n; i++)
		contents[i] = host::read(cells[i].name);
	for (u64 steps = in.below(8); steps > 0; steps--) {
		const u32 chosen = static_cast<u32>(in.below(n));
		const std::string name = cells[chosen].name;
		// Half of the numbers are near what a count may be.
		const std::string text =
			in.flip() ? std::to_string(in.below(8)) + "\n" : any_text(in);
		if (text.empty())
			continue;
		// As for the kernel, what follows a NUL is not there.
		const expected_write wanted = expect(name, text.c_str());

		host::fail_nth(in.below(4));
		const long rc = host::write(name, text);
		const bool no_memory = rc == -ENOMEM && host::has_failed();
		host::fail_nth(0);
		if (!no_memory)
			MUST(rc == (wanted.error ? -wanted.error : static_cast<long>(text.size())),
			     name, text, rc);
		if (rc > 0)
			contents[chosen] = wanted.content;
		for (u32 i = 0; i < n; i++)
			MUST(host::read(cells[i].name) == contents[i], cells[i].name, text);
	}
	// A whole page of text, and less.
	if (in.flip()) {
		const std::string page(4090 + in.below(8), 'x');
		const long rc = host::write("text", page);
		const bool fits = page.size() <= 4094;
		MUST(rc == (fits ? static_cast<long>(page.size()) : -EINVAL), page.size(), rc);
		MUST(!fits || host::read("text") == page + "\n", page.size());
	}
}

} // namespace

std::string number_like(choices &in)
{
	static const char *const heads[] = {"", "", "+", "-", "0x", "0X", "0", "-0x", "+-", " "};
	static const char *const tails[] = {"", "\n", "\n\n", " ", "x", "\n0"};
	static const char digits[] = "0123456789abcdefABCDEFgG89";
	std::string text = in.one_of(heads);
	// Largest and smallest numbers of all types and bases, but for the last digit.
	static const char *const edges[] = {
		"1844674407370955161",
		"0x1000000000000000",
		"0xfffffffffffffff",
		"0177777777777777777777",
		"0200000000000000000000",
		"429496729",
		"214748364",
		"-214748364",
		"0xffffffff",
	};
	const u64 style = in.below(5);

	if (style == 0)
		text += std::to_string(in.number());
	for (u64 n = style == 1 ? in.below(28) : 0; n > 0; n--)
		text += digits[in.below(sizeof(digits) - 1)];
	for (u64 n = style == 2 ? in.below(24) : 0; n > 0; n--)
		text += digits[in.below(8)];
	if (style == 3) {
		std::ostringstream hex;
		hex << std::hex << in.number();
		text += hex.str();
	}
	if (style == 4)
		text = in.one_of(edges) + std::string(1, digits[in.below(16)]);
	return text + in.one_of(tails);
}

void run_text(choices &in)
{
	while (in.any_left()) {
		switch (in.below(6)) {
		case 0:
		case 1:
			parse(in);
			break;
		case 2:
			print(in);
			break;
		case 3:
			round_trip(in);
			break;
		case 4:
			complain(in);
			break;
		default:
			files(in);
		}
	}
}

} // namespace fuzz
