// SPDX-License-Identifier: GPL-2.0
#include "kapi_host.hh"

#include <cstdlib>
#include <malloc.h>

namespace host {
namespace {

// The kernel refuses at once what no reclaim can give.
constexpr unsigned long machine_bytes = 2UL << 30;

constexpr auto relaxed = std::memory_order_relaxed;

std::atomic<u64> allocations;
std::atomic<u64> failed_allocations;
std::atomic<u64> live_allocations;
std::atomic<u64> live_bytes;

std::atomic<u64> points;        // passed since the last fail_*()
std::atomic<u64> first_failing; // 0: none
std::atomic<u64> last_failing;
std::atomic<u64> failed_points;

void arm(u64 first, u64 last)
{
	points = 0;
	failed_points = 0;
	last_failing = last;
	first_failing = first;
}

} // namespace

bool may_allocate()
{
	const u64 point = points.fetch_add(1, relaxed) + 1;
	const u64 first = first_failing.load(relaxed);

	if (first != 0 && point >= first && point <= last_failing.load(relaxed)) {
		failed_points.fetch_add(1, relaxed);
		failed_allocations.fetch_add(1, relaxed);
		return false;
	}
	allocations.fetch_add(1, relaxed);
	return true;
}

void fail_nth(u64 k)
{
	arm(k, k);
}

void fail_from(u64 k)
{
	arm(k, ~0ULL);
}

bool has_failed()
{
	return failed_points != 0;
}

u64 for_each_failing_allocation(const std::function<void()> &body)
{
	for (u64 k = 1;; k++) {
		fail_nth(k);
		body();
		const bool failed = has_failed();
		fail_nth(0);
		if (!failed)
			return k - 1;
	}
}

void reset_memory()
{
	arm(0, 0);
	allocations = 0;
	failed_allocations = 0;
	live_allocations = 0;
	live_bytes = 0;
}

void leaked_memory(std::string &text)
{
	if (live_allocations != 0)
		text += std::to_string(live_allocations) + " allocations (" +
			std::to_string(live_bytes) + " bytes)\n";
}

void count_memory(counters &out)
{
	out.allocations = allocations;
	out.failed_allocations = failed_allocations;
	out.live_allocations = live_allocations;
	out.live_bytes = live_bytes;
}

} // namespace host

void *kapi_alloc(unsigned long bytes)
{
	if (bytes >= host::machine_bytes || !host::may_allocate())
		return nullptr;
	void *memory = std::calloc(1, bytes);
	if (memory == nullptr)
		return nullptr;
	host::live_allocations.fetch_add(1, host::relaxed);
	host::live_bytes.fetch_add(malloc_usable_size(memory), host::relaxed);
	return memory;
}

void kapi_free(void *memory)
{
	if (memory == nullptr)
		return;
	if (host::live_allocations.fetch_sub(1, host::relaxed) == 0)
		host::die("kapi_free() of memory that kapi_alloc() did not give in this world");
	host::live_bytes.fetch_sub(malloc_usable_size(memory), host::relaxed);
	std::free(memory);
}

u64 kapi_alloc_live()
{
	return host::live_allocations;
}
