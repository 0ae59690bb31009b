// SPDX-License-Identifier: GPL-2.0
// The page tables: which pages are accessed between a clearing and its test.
#include "process.hh"

namespace host {
namespace {

// What clearing leaves in a probe's flags; testing takes it away again.
constexpr u8 flag_cleared = 0xa0;
constexpr u8 flag_was_mapped = 0x01;

u64 clear_calls, cleared_probes, test_calls, tested_probes;
u64 probe_cost_ns;
std::atomic<u64> access_stream{0xacce55};

u32 frame_of(u64 page, const mapping &where)
{
	return static_cast<u32>(mix(page ^ (where.serial << 48)));
}

void clear_one(kapi_mm &mm, kapi_probe &probe)
{
	const auto where = mapping_at(mm, probe.addr);

	probe.flags = flag_cleared;
	if (where == mm.mapped.end())
		return;
	probe.flags |= flag_was_mapped;
	probe.frame = frame_of(probe.addr, where->second);
	if (mm.script)
		mm.cleared_ns[probe.addr] = kapi_now_ns();
}

kapi_outcome outcome_of(kapi_mm &mm, const kapi_probe &probe)
{
	const auto where = mapping_at(mm, probe.addr);
	const bool was_mapped = probe.flags & flag_was_mapped;
	const bool is_mapped = where != mm.mapped.end();

	if (&mm == &ram_mm() && !was_mapped)
		return KAPI_ABSENT;
	if (!is_mapped)
		return was_mapped ? KAPI_BUSY : KAPI_IDLE;
	if (was_mapped && frame_of(probe.addr, where->second) != probe.frame)
		return KAPI_BUSY;
	if (was_mapped && mm.script)
		return mm.script(probe.addr, mm.cleared_ns[probe.addr], kapi_now_ns());
	return is_accessed(mm, probe.addr) ? KAPI_ACCESSED : KAPI_IDLE;
}

} // namespace

bool is_accessed(const kapi_mm &mm, u64 page)
{
	for (size_t i = mm.hot.size(); i-- > 0;) {
		const hot_range &hot = mm.hot[i];

		if (page < hot.range.start || page >= hot.range.end)
			continue;
		return hot.permil >= 1000 || next_random(access_stream) % 1000 < hot.permil;
	}
	return false;
}

void check_reference(const kapi_mm *mm)
{
	if (mm->references == 0)
		die("probes of process %d without a reference", mm->pid);
}

void check_batch(const kapi_probe *probes, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		if (probes[i].addr % 4096 != 0)
			die("probe %u is not page aligned: %#llx", i, probes[i].addr);
		if (i > 0 && probes[i].addr < probes[i - 1].addr)
			die("probe %u is out of order: %#llx after %#llx", i, probes[i].addr,
			    probes[i - 1].addr);
	}
}

void set_probe_cost_ns(u64 cost_ns)
{
	probe_cost_ns = cost_ns;
}

void reset_probes()
{
	clear_calls = cleared_probes = test_calls = tested_probes = 0;
	probe_cost_ns = 0;
	access_stream = 0xacce55;
}

void count_probes(counters &out)
{
	out.clear_calls = clear_calls;
	out.cleared_probes = cleared_probes;
	out.test_calls = test_calls;
	out.tested_probes = tested_probes;
}

} // namespace host

using namespace host;

namespace {

void clear_all(kapi_mm &mm, kapi_probe *probes, u32 n)
{
	check_batch(probes, n);
	clear_calls++;
	cleared_probes += n;
	for (u32 i = 0; i < n; i++)
		clear_one(mm, probes[i]);
	spend(n * probe_cost_ns);
}

void test_all(kapi_mm &mm, kapi_probe *probes, u32 n)
{
	check_batch(probes, n);
	test_calls++;
	tested_probes += n;
	for (u32 i = 0; i < n; i++) {
		kapi_probe &probe = probes[i];

		if ((probe.flags & flag_cleared) != flag_cleared)
			die("the probe of %#llx is tested without a clearing", probe.addr);
		probe.outcome = outcome_of(mm, probe);
		probe.flags = 0;
	}
	spend(n * probe_cost_ns);
}

} // namespace

void kapi_probe_clear(kapi_mm *mm, kapi_probe *probes, u32 n)
{
	std::lock_guard lock(world_lock);

	check_reference(mm);
	clear_all(*mm, probes, n);
}

void kapi_probe_test(kapi_mm *mm, kapi_probe *probes, u32 n)
{
	std::lock_guard lock(world_lock);

	check_reference(mm);
	test_all(*mm, probes, n);
}

void kapi_phys_clear(kapi_probe *probes, u32 n)
{
	std::lock_guard lock(world_lock);
	clear_all(ram_mm(), probes, n);
}

void kapi_phys_test(kapi_probe *probes, u32 n)
{
	std::lock_guard lock(world_lock);
	test_all(ram_mm(), probes, n);
}
