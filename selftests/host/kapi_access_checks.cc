// SPDX-License-Identifier: GPL-2.0
// The page tables: which pages are accessed between a clearing and its test.
#include "process.hh"

namespace host {
namespace {

// What clearing leaves in a check's flags; testing takes it away again.
constexpr u8 flag_cleared = 0xa0;
constexpr u8 flag_was_mapped = 0x01;

u64 clear_calls, prepared_checks, test_calls, tested_checks;
u64 check_cost_ns;
std::atomic<u64> access_stream{0xacce55};

u32 pfn_of(u64 page, const mapping &where)
{
	return static_cast<u32>(mix(page ^ (where.serial << 48)));
}

void clear_one(kapi_mm &mm, kapi_access_check &check)
{
	const auto where = mapping_at(mm, check.addr);

	check.flags = flag_cleared;
	if (where == mm.mapped.end())
		return;
	check.flags |= flag_was_mapped;
	check.pfn = pfn_of(check.addr, where->second);
	if (mm.script)
		mm.cleared_ns[check.addr] = kapi_now_ns();
}

kapi_outcome outcome_of(kapi_mm &mm, const kapi_access_check &check)
{
	const auto where = mapping_at(mm, check.addr);
	const bool was_mapped = check.flags & flag_was_mapped;
	const bool is_mapped = where != mm.mapped.end();

	if (&mm == &ram_mm() && !was_mapped)
		return KAPI_ABSENT;
	if (!is_mapped)
		return was_mapped ? KAPI_BUSY : KAPI_IDLE;
	if (was_mapped && pfn_of(check.addr, where->second) != check.pfn)
		return KAPI_BUSY;
	if (was_mapped && mm.script)
		return mm.script(check.addr, mm.cleared_ns[check.addr], kapi_now_ns());
	return is_accessed(mm, check.addr) ? KAPI_ACCESSED : KAPI_IDLE;
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
		die("checks of process %d without a reference", mm->pid);
}

void check_batch(const kapi_access_check *checks, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		if (checks[i].addr % 4096 != 0)
			die("check %u is not page aligned: %#llx", i, checks[i].addr);
		if (i > 0 && checks[i].addr < checks[i - 1].addr)
			die("check %u is out of order: %#llx after %#llx", i, checks[i].addr,
			    checks[i - 1].addr);
	}
}

void set_check_cost_ns(u64 cost_ns)
{
	check_cost_ns = cost_ns;
}

void reset_checks()
{
	clear_calls = prepared_checks = test_calls = tested_checks = 0;
	check_cost_ns = 0;
	access_stream = 0xacce55;
}

void count_checks(counters &out)
{
	out.clear_calls = clear_calls;
	out.prepared_checks = prepared_checks;
	out.test_calls = test_calls;
	out.tested_checks = tested_checks;
}

} // namespace host

using namespace host;

namespace {

void clear_all(kapi_mm &mm, kapi_access_check *checks, u32 n)
{
	check_batch(checks, n);
	clear_calls++;
	prepared_checks += n;
	for (u32 i = 0; i < n; i++)
		clear_one(mm, checks[i]);
	spend(n * check_cost_ns);
}

void test_all(kapi_mm &mm, kapi_access_check *checks, u32 n)
{
	check_batch(checks, n);
	test_calls++;
	tested_checks += n;
	for (u32 i = 0; i < n; i++) {
		kapi_access_check &check = checks[i];

		if ((check.flags & flag_cleared) != flag_cleared)
			die("the check of %#llx is tested without a clearing", check.addr);
		check.outcome = outcome_of(mm, check);
		check.flags = 0;
	}
	spend(n * check_cost_ns);
}

} // namespace

void kapi_prepare_access_checks(kapi_mm *mm, kapi_access_check *checks, u32 n)
{
	std::lock_guard lock(world_lock);

	check_reference(mm);
	clear_all(*mm, checks, n);
}

void kapi_check_accesses(kapi_mm *mm, kapi_access_check *checks, u32 n)
{
	std::lock_guard lock(world_lock);

	check_reference(mm);
	test_all(*mm, checks, n);
}

void kapi_phys_prepare_access_checks(kapi_access_check *checks, u32 n)
{
	std::lock_guard lock(world_lock);
	clear_all(ram_mm(), checks, n);
}

void kapi_phys_check_accesses(kapi_access_check *checks, u32 n)
{
	std::lock_guard lock(world_lock);
	test_all(ram_mm(), checks, n);
}
