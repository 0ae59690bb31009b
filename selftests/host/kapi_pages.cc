// SPDX-License-Identifier: GPL-2.0
// What pages are: their folios, and the memory cgroups they are charged to.
#include "process.hh"

#include <cerrno>

namespace host {
namespace {

u64 describe_calls, described_pages;
std::map<std::string, u64> memcgs;

kapi_page page_at(kapi_mm &mm, u64 address)
{
	if (mapping_at(mm, address) == mm.mapped.end())
		return {};
	for (size_t i = mm.pages.size(); i-- > 0;) {
		const page_range &pages = mm.pages[i];

		if (pages.range.start <= address && address < pages.range.end)
			return pages.what;
	}
	return {.memcg = 0, .nr_pages = 1, .anon = 1, .node = 0};
}

void describe_all(kapi_mm &mm, const kapi_probe *probes, kapi_page *pages, u32 n)
{
	check_batch(probes, n);
	describe_calls++;
	described_pages += n;
	for (u32 i = 0; i < n; i++)
		pages[i] = page_at(mm, probes[i].addr);
}

} // namespace

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

void kapi_probe_describe(kapi_mm *mm, const kapi_probe *probes, kapi_page *pages, u32 n)
{
	std::lock_guard lock(world_lock);

	check_reference(mm);
	describe_all(*mm, probes, pages, n);
}

void kapi_phys_describe(const kapi_probe *probes, kapi_page *pages, u32 n)
{
	std::lock_guard lock(world_lock);
	describe_all(ram_mm(), probes, pages, n);
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
