// SPDX-License-Identifier: GPL-2.0
#include "fuzz.hh"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace fuzz {
namespace {

constexpr target targets[] = {
	{"text", run_text},
	{"tree", run_tree},
	{"region_table", run_region_table},
	{"formula", run_formula},
	{"ranges", run_ranges},
	{"monitor", run_monitor},
	{"quota", run_quota},
	{"goal", run_goal},
	{"priority", run_priority},
	{"tuner", run_tuner},
	{"subregion_hits", run_subregion_hits},
	{"budget", run_budget},
	{"snapshot", run_snapshot},
	{"parameters", run_parameters},
	{"api", run_api},
};

} // namespace

u64 choices::little_endian(u32 bytes)
{
	u64 value = 0;

	for (u32 i = 0; i < bytes; i++)
		value |= u64{byte()} << (8 * i);
	return value;
}

u64 choices::below(u64 bound)
{
	u32 bytes = 1;

	if (bound < 2)
		return 0;
	while (bytes < 8 && (bound - 1) >> (8 * bytes))
		bytes++;
	return little_endian(bytes) % bound;
}

u64 choices::number()
{
	const u8 how = byte();

	switch (how >> 5) {
	case 0:
	case 1:
		return how & 63;
	case 2:
		return little_endian(1 + how % 8);
	case 3:
		return (u64{1} << byte() % 64) - 2 + how % 4;
	case 4:
		return 0 - u64{how & 31u};
	case 5: // multiples of a page
		return little_endian(1 + how % 6) << 12;
	case 6:
		return u64{how & 31u} * 1000 + byte();
	default:
		return (u64{1} << 32) - 16 + (how & 31);
	}
}

std::string choices::text(u32 longest)
{
	const size_t size = std::min<size_t>(below(u64{longest} + 1), size_ - at_);
	std::string bytes(reinterpret_cast<const char *>(data_ + at_), size);

	at_ += size;
	return bytes;
}

void broken(const char *file, int line, const char *rule, const std::string &what)
{
	std::fprintf(stderr, "fuzz: %s:%d: broken: %s: %s\n", file, line, rule, what.c_str());
	std::abort();
}

const target *find_target(std::string_view name)
{
	for (const target &one : targets)
		if (name == one.name)
			return &one;
	std::fprintf(stderr,
		     "fuzz: there is no target '%.*s'; there are:", static_cast<int>(name.size()),
		     name.data());
	for (const target &one : targets)
		std::fprintf(stderr, " %s", one.name);
	std::fputc('\n', stderr);
	return nullptr;
}

void run_one(const target &chosen, const u8 *data, size_t size)
{
	choices in{data, size};

	host::reset();
	chosen.run(in);
	const std::string left = host::leaks();
	MUST(left.empty(), "the input leaves behind:", left);
}

} // namespace fuzz

// What ends a run ends it by SIGABRT: the drivers tell then which input it was.
extern "C" const char *__asan_default_options();
extern "C" const char *__asan_default_options()
{
	return "abort_on_error=1:handle_abort=0:detect_stack_use_after_return=0";
}

extern "C" const char *__ubsan_default_options();
extern "C" const char *__ubsan_default_options()
{
	return "abort_on_error=1:print_stacktrace=1";
}
