// SPDX-License-Identifier: GPL-2.0
// Processes: ids, address spaces, what is mapped.
#include "process.hh"

#include <algorithm>

namespace host {

std::mutex world_lock;

namespace {

std::vector<std::shared_ptr<kapi_pid>> pids; // all that ever were in this world
std::vector<std::shared_ptr<kapi_mm>> mms;
u64 mapping_serial = 0;
u64 mm_gets = 0;
u64 pid_gets = 0;
u64 mapped_calls = 0;

kapi_pid *find(int number)
{
	for (const auto &pid : pids)
		if (pid->number == number && (pid->mm || pid->zombie))
			return pid.get();
	return nullptr;
}

kapi_mm &mm_of(int number)
{
	kapi_pid *pid = find(number);

	if (pid == nullptr || !pid->mm)
		die("process %d does not exist", number);
	return *pid->mm;
}

void check_range(kapi_range range)
{
	if (range.start >= range.end || range.start % 4096 != 0 || range.end % 4096 != 0)
		die("bad range [%#llx, %#llx)", range.start, range.end);
}

void map_range(kapi_mm &mm, kapi_range range)
{
	check_range(range);
	unmap_range(mm, range);
	mm.mapped[range.start] = {range.end, ++mapping_serial};
	mm.changes++;
}

// Fills @out with what is mapped above @from; what touches comes as one.
u32 list_mapped(kapi_mm &mm, u64 from, kapi_range *out, u32 max)
{
	u32 n = 0;
	auto at = mapping_at(mm, from);

	if (at == mm.mapped.end())
		at = mm.mapped.lower_bound(from);
	for (; at != mm.mapped.end(); ++at) {
		if (n > 0 && out[n - 1].end == at->first)
			out[n - 1].end = at->second.end;
		else if (n < max)
			out[n++] = {at->first, at->second.end};
		else
			break;
	}
	return n;
}

} // namespace

kapi_mm &mm_of_process(int number)
{
	return mm_of(number);
}

std::map<u64, mapping>::iterator mapping_at(kapi_mm &mm, u64 address)
{
	auto above = mm.mapped.upper_bound(address);

	if (above == mm.mapped.begin())
		return mm.mapped.end();
	const auto at = std::prev(above);
	return address < at->second.end ? at : mm.mapped.end();
}

void unmap_range(kapi_mm &mm, kapi_range range)
{
	check_range(range);
	// Cut at both edges, then drop what is whole inside.
	for (const u64 edge : {range.start, range.end}) {
		const auto at = mapping_at(mm, edge);

		if (at == mm.mapped.end() || at->first == edge)
			continue;
		const mapping upper = at->second;
		at->second.end = edge;
		mm.mapped[edge] = upper;
	}
	mm.mapped.erase(mm.mapped.lower_bound(range.start), mm.mapped.lower_bound(range.end));
	mm.changes++;
}

kapi_mm &ram_mm()
{
	static kapi_mm none;
	kapi_pid *pid = find(ram);

	return pid == nullptr ? none : *pid->mm;
}

void add_process(int pid, std::vector<kapi_range> mapped)
{
	std::lock_guard lock(world_lock);

	if (find(pid) != nullptr)
		die("process %d exists already", pid);
	auto mm = std::make_shared<kapi_mm>();
	mm->pid = pid;
	for (const kapi_range &range : mapped)
		map_range(*mm, range);
	pids.push_back(std::make_shared<kapi_pid>(kapi_pid{pid, 0, mm, false}));
	mms.push_back(mm);
}

void end_process(int pid)
{
	std::lock_guard lock(world_lock);

	kapi_pid *ended = find(pid);

	if (ended == nullptr)
		die("process %d does not exist", pid);
	ended->mm.reset();
	ended->zombie = false;
}

void exit_process(int pid)
{
	std::lock_guard lock(world_lock);

	mm_of(pid);
	find(pid)->zombie = true;
	find(pid)->mm.reset();
}

void map(int pid, kapi_range range)
{
	std::lock_guard lock(world_lock);
	map_range(mm_of(pid), range);
}

void unmap(int pid, kapi_range range)
{
	std::lock_guard lock(world_lock);
	unmap_range(mm_of(pid), range);
}

void add_hot(int pid, kapi_range hot, u32 permil)
{
	std::lock_guard lock(world_lock);
	mm_of(pid).hot.push_back({hot, permil});
}

void set_hot(int pid, const std::vector<kapi_range> &hot, u32 permil)
{
	{
		std::lock_guard lock(world_lock);
		mm_of(pid).hot.clear();
	}
	for (const kapi_range &range : hot)
		add_hot(pid, range, permil);
}

void set_pages(int pid, kapi_range range, kapi_page what)
{
	std::lock_guard lock(world_lock);
	mm_of(pid).pages.push_back({range, what});
}

void set_page_script(int pid, page_script script)
{
	std::lock_guard lock(world_lock);
	mm_of(pid).script = std::move(script);
}

u64 held_pids()
{
	std::lock_guard lock(world_lock);
	u64 held = 0;

	for (const auto &pid : pids)
		held += pid->references;
	return held;
}

u64 held_mms()
{
	std::lock_guard lock(world_lock);
	u64 held = 0;

	for (const auto &mm : mms)
		held += mm->references;
	return held;
}

void reset_processes()
{
	std::lock_guard lock(world_lock);

	pids.clear();
	mms.clear();
	mapping_serial = mm_gets = pid_gets = mapped_calls = 0;
	reset_checks();
	reset_pages();
	reset_actions();
}

void leaked_references(std::string &text)
{
	if (held_pids() != 0)
		text += std::to_string(held_pids()) + " references to pids\n";
	if (held_mms() != 0)
		text += std::to_string(held_mms()) + " references to address spaces\n";
}

void count_processes(counters &out)
{
	std::lock_guard lock(world_lock);

	out.mm_gets = mm_gets;
	out.pid_gets = pid_gets;
	out.mapped_calls = mapped_calls;
	count_checks(out);
	count_pages(out);
	count_actions(out);
}

} // namespace host

using namespace host;

kapi_pid *kapi_pid_get(int number)
{
	std::lock_guard lock(world_lock);
	kapi_pid *pid = number == ram ? nullptr : find(number);

	pid_gets++;
	if (pid != nullptr)
		pid->references++;
	return pid;
}

void kapi_pid_put(kapi_pid *pid)
{
	std::lock_guard lock(world_lock);

	if (pid->references-- == 0)
		die("kapi_pid_put() of process %d without a reference", pid->number);
}

kapi_mm *kapi_mm_get(kapi_pid *pid)
{
	std::lock_guard lock(world_lock);

	mm_gets++;
	if (pid->references == 0)
		die("kapi_mm_get() of process %d without a reference", pid->number);
	if (!pid->mm)
		return nullptr;
	pid->mm->references++;
	return pid->mm.get();
}

bool kapi_pid_has_process(kapi_pid *pid)
{
	std::lock_guard lock(world_lock);

	if (pid->references == 0)
		die("kapi_pid_has_process() of process %d without a reference", pid->number);
	return pid->mm || pid->zombie;
}

void kapi_mm_put(kapi_mm *mm)
{
	std::lock_guard lock(world_lock);

	if (mm->references-- == 0)
		die("kapi_mm_put() of process %d without a reference", mm->pid);
}

u32 kapi_mm_mapped(kapi_mm *mm, u64 from, kapi_range *out, u32 max)
{
	std::lock_guard lock(world_lock);

	mapped_calls++;
	if (mm->references == 0)
		die("kapi_mm_mapped() of process %d without a reference", mm->pid);
	return list_mapped(*mm, from, out, max);
}

u64 kapi_mm_changes(kapi_mm *mm)
{
	std::lock_guard lock(world_lock);

	return mm->changes;
}

u32 kapi_ram_ranges(u64 from, kapi_range *out, u32 max)
{
	std::lock_guard lock(world_lock);
	return list_mapped(ram_mm(), from, out, max);
}

u64 kapi_ram_changes()
{
	std::lock_guard lock(world_lock);
	return ram_mm().changes;
}
