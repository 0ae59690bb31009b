// SPDX-License-Identifier: GPL-2.0
// Log, assertions, randomness, features, and the world as a whole.
#include "kapi_host.hh"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace host {
namespace {

constexpr u64 default_seed = 0x5eed;

std::mutex log_lock;
std::vector<std::string> lines;
std::atomic<u64> random_stream{default_seed};
std::atomic<bool> features[KAPI_NR_FEATURES];

} // namespace

void die(const char *format, ...)
{
	va_list arguments;

	std::fputs("host: ", stderr);
	va_start(arguments, format);
	std::vfprintf(stderr, format, arguments);
	va_end(arguments);
	std::fputc('\n', stderr);
	std::abort();
}

u64 mix(u64 value)
{
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
	value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
	return value ^ (value >> 31);
}

u64 next_random(std::atomic<u64> &stream)
{
	return mix(stream.fetch_add(0x9e3779b97f4a7c15, std::memory_order_relaxed));
}

void seed(u64 value)
{
	random_stream = value;
}

std::vector<std::string> log_lines()
{
	std::lock_guard lock(log_lock);
	return lines;
}

bool log_contains(const std::string &text)
{
	for (const std::string &line : log_lines())
		if (line.find(text) != std::string::npos)
			return true;
	return false;
}

void set_feature(int feature, bool present)
{
	features[feature] = present;
}

void reset_log()
{
	std::lock_guard lock(log_lock);
	lines.clear();
	random_stream = default_seed;
	for (auto &feature : features)
		feature = true;
}

void reset()
{
	reset_scheduler();
	reset_log();
	reset_threads();
	reset_processes();
	reset_directories();
	reset_lock_order();
	reset_trace();
	reset_machine();
	reset_memory();
}

std::string leaks()
{
	std::string text;

	leaked_threads(text);
	leaked_directories(text);
	leaked_references(text);
	leaked_memory(text);
	return text;
}

counters counts()
{
	counters out{};

	count_memory(out);
	count_threads(out);
	count_processes(out);
	return out;
}

} // namespace host

void kapi_log(int level, const char *text)
{
	static const char *const names[] = {"error", "warning", "info"};
	static const bool print = std::getenv("DAMONXX_LOG") != nullptr;
	std::lock_guard lock(host::log_lock);

	host::lines.push_back(std::string(names[level]) + ": " + text);
	if (print)
		std::fprintf(stderr, "%s\n", host::lines.back().c_str());
}

void kapi_assert_failed(const char *condition, const char *file, int line)
{
	host::die("%s:%d: assertion failed: %s", file, line, condition);
}

u64 kapi_random_u64()
{
	return host::next_random(host::random_stream);
}

bool kapi_has_feature(int feature)
{
	return host::features[feature];
}
