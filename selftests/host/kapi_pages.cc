// SPDX-License-Identifier: GPL-2.0
// What pages are: their folios, and the memory cgroups they are charged to.
#include "process.hh"

#include <cerrno>

namespace host {
namespace {

u64 describe_calls, described_pages;
std::map<std::string, u64> memcgs;

void describe_all(kapi_mm &mm, const kapi_access_check *checks, kapi_page *pages, u32 n)
{
	check_batch(checks, n);
	describe_calls++;
	described_pages += n;
	for (u32 i = 0; i < n; i++)
		pages[i] = page_at(mm, checks[i].addr);
}

kapi_page made_page(kapi_mm &mm, u64 address)
{
	for (size_t i = mm.pages.size(); i-- > 0;) {
		const page_range &pages = mm.pages[i];

		if (pages.range.start <= address && address < pages.range.end)
			return pages.what;
	}
	return {.memcg = 0, .nr_pages = 1, .anon = 1, .node = 0};
}

} // namespace

kapi_page page_at(kapi_mm &mm, u64 address)
{
	if (mapping_at(mm, address) == mm.mapped.end())
		return {};
	kapi_page what = made_page(mm, address);
	if (what.nr_pages == 0)
		return {};
	const u64 size = u64{what.nr_pages} * 4096;
	const auto changed = mm.changed.find(address / size * size);
	if (changed == mm.changed.end())
		return what;
	if (changed->second.out)
		return {};
	if (changed->second.node >= 0)
		what.node = static_cast<u16>(changed->second.node);
	return what;
}

bool is_active_page(kapi_mm &mm, u64 folio_start)
{
	const auto changed = mm.changed.find(folio_start);

	if (changed != mm.changed.end() && changed->second.active >= 0)
		return changed->second.active != 0;
	for (const kapi_range &range : mm.active)
		if (range.start <= folio_start && folio_start < range.end)
			return true;
	return false;
}

page_counts count_pages_in(int pid, kapi_range range)
{
	std::lock_guard lock(world_lock);
	kapi_mm &mm = pid == ram ? ram_mm() : mm_of_process(pid);
	page_counts counts;

	for (u64 at = range.start; at < range.end; at += 4096) {
		const kapi_page what = page_at(mm, at);
		const u64 size = u64{what.nr_pages} * 4096;

		if (size == 0)
			continue;
		counts.in_memory++;
		counts.on_node[what.node]++;
		counts.active += is_active_page(mm, at / size * size);
	}
	return counts;
}

void touch(int pid, kapi_range range)
{
	std::lock_guard lock(world_lock);
	kapi_mm &mm = mm_of_process(pid);

	for (auto &[start, change] : mm.changed)
		if (range.start <= start && start < range.end)
			change.out = false;
}

void set_active(int pid, kapi_range range)
{
	std::lock_guard lock(world_lock);
	mm_of_process(pid).active.push_back(range);
}

void set_pinned(int pid, kapi_range range)
{
	std::lock_guard lock(world_lock);
	mm_of_process(pid).pinned.push_back(range);
}

void add_memcg(const std::string &path, u64 id)
{
	std::lock_guard lock(world_lock);
	memcgs[path] = id;
}

void reset_memcgs()
{
	std::lock_guard lock(world_lock);
	memcgs.clear();
}

void reset_pages()
{
	describe_calls = described_pages = 0;
	memcgs.clear();
}

void count_pages(counters &out)
{
	out.describe_calls = describe_calls;
	out.described_pages = described_pages;
}

} // namespace host

using namespace host;

void kapi_describe_pages(kapi_mm *mm, const kapi_access_check *checks, kapi_page *pages, u32 n)
{
	std::lock_guard lock(world_lock);

	check_reference(mm);
	describe_all(*mm, checks, pages, n);
}

void kapi_phys_describe_pages(const kapi_access_check *checks, kapi_page *pages, u32 n)
{
	std::lock_guard lock(world_lock);
	describe_all(ram_mm(), checks, pages, n);
}

int kapi_memcg_find(const char *path, u32 length, u64 *id)
{
	if (!may_allocate())
		return -ENOMEM;

	std::lock_guard lock(world_lock);
	if (memcgs.empty())
		return -EOPNOTSUPP;
	const auto found = memcgs.find(std::string(path, length));
	if (found == memcgs.end())
		return -ENOENT;
	*id = found->second;
	return 0;
}
