// SPDX-License-Identifier: GPL-2.0
#pragma once

// What the fuzz targets share: an input as a row of choices, and checks that end the run.

#include "host.hh"

#include "damonxx/types.hh"

#include <sstream>
#include <string>
#include <string_view>

namespace fuzz {

// Decodes an input.  Past its end every choice is the first, so any bytes are an input and
// a shorter one is a simpler one.
class choices {
public:
	choices(const u8 *data, size_t size) : data_(data), size_(size) {}

	bool any_left() const { return at_ < size_; }
	u8 byte() { return at_ < size_ ? data_[at_++] : u8{0}; }
	bool flip() { return byte() & 1; }
	u64 little_endian(u32 bytes);
	// In [0, @bound), by as few bytes as that takes; 0 for 0.
	u64 below(u64 bound);
	// In [@low, @high].
	u64 between(u64 low, u64 high) { return low + below(high - low + 1); }
	// Any number; small ones, powers of two and their neighbours are likely.
	u64 number();
	u32 number_u32() { return static_cast<u32>(number()); }
	// Up to @longest bytes as they come.
	std::string text(u32 longest);
	template <typename T, size_t N> const T &one_of(const T (&table)[N])
	{
		return table[below(N)];
	}

private:
	const u8 *data_;
	size_t size_;
	size_t at_ = 0;
};

[[noreturn]] void broken(const char *file, int line, const char *rule, const std::string &what);

// The values side by side, for messages.
template <typename... Values> std::string say(const Values &...values)
{
	std::ostringstream out;

	((out << values << ' '), ...);
	return out.str();
}

struct target {
	const char *name;
	void (*run)(choices &in);
};
// Null, and a complaint, if there is none.
const target *find_target(std::string_view name);
// One input in a fresh world, which must be empty again at its end.
void run_one(const target &chosen, const u8 *data, size_t size);

// The targets, each in a file of its name.
void run_text(choices &in);
void run_tree(choices &in);
void run_region_table(choices &in);
void run_formula(choices &in);
void run_ranges(choices &in);
void run_monitor(choices &in);
void run_quota(choices &in);
void run_goal(choices &in);
void run_priority(choices &in);
void run_tuner(choices &in);
void run_subregion_hits(choices &in);
void run_budget(choices &in);
void run_snapshot(choices &in);
void run_parameters(choices &in);
void run_api(choices &in);

// A text that looks like a number, or nearly so.
std::string number_like(choices &in);

} // namespace fuzz

// Ends the run unless @rule holds; the other arguments are printed.
#define MUST(rule, ...)                                                             \
	do {                                                                        \
		if (!(rule))                                                        \
			::fuzz::broken(__FILE__, __LINE__, #rule,                   \
				       ::fuzz::say("" __VA_OPT__(, ) __VA_ARGS__)); \
	} while (0)
