// SPDX-License-Identifier: GPL-2.0
// Actions on memory, with their effects, and what memory is used for.
#include "process.hh"

#include <algorithm>
#include <cerrno>

namespace host {
namespace {

constexpr u64 page = 4096;
constexpr u64 default_part = 256 * page;

u64 part_bytes = default_part;
u64 cost_ns_per_page;
u64 apply_calls;
std::function<void()> before_part;
std::function<void(kapi_action_request &)> action_script;
std::map<s32, kapi_memory> nodes;
std::map<std::pair<u64, s32>, u64> memcgs_on_nodes;
u64 active_bytes, inactive_bytes, hugepage_bytes;
std::function<s64()> psi;
std::map<std::pair<int, bool>, bool> abilities;

std::map<s32, kapi_memory> &all_nodes()
{
	if (nodes.empty())
		nodes[0] = {u64{8} << 30, u64{4} << 30};
	return nodes;
}

void restore_accessed_bits(s32 nid, u64 bytes)
{
	const auto node = all_nodes().find(nid);

	if (node != nodes.end())
		node->second.free_bytes += bytes;
}

bool is_in(const std::vector<kapi_range> &ranges, u64 address)
{
	for (const kapi_range &range : ranges)
		if (range.start <= address && address < range.end)
			return true;
	return false;
}

struct folio_at {
	u64 start, size;
	kapi_page what;
};

bool passes_test(kapi_mm &mm, const kapi_filter &filter, const folio_at &folio)
{
	switch (filter.type) {
	case KAPI_FILTER_ANON:
		return folio.what.anon != 0;
	case KAPI_FILTER_MEMCG:
		return folio.what.memcg == filter.memcg;
	case KAPI_FILTER_YOUNG:
		return is_accessed(mm, folio.start);
	case KAPI_FILTER_HUGEPAGE_SIZE:
		return filter.min <= folio.size && folio.size <= filter.max;
	case KAPI_FILTER_UNMAPPED:
		return is_in(mm.unmapped_file, folio.start);
	case KAPI_FILTER_ACTIVE:
		return is_active_page(mm, folio.start);
	case KAPI_FILTER_NODE:
		return filter.min <= folio.what.node && folio.what.node <= filter.max;
	default:
		die("filter type %d", filter.type);
	}
}

bool passes(kapi_mm &mm, const kapi_action_request &request, const folio_at &folio)
{
	for (u32 i = 0; i < request.nr_filters; i++)
		if (passes_test(mm, request.filters[i], folio) ==
		    (request.filters[i].matching != 0))
			return request.filters[i].allow != 0;
	return request.pass_by_default != 0;
}

s32 destination_of(const kapi_action_request &request, u64 address)
{
	if (request.nr_destinations == 0)
		return request.target_node;
	u64 index = address / page % request.total_weight;
	for (u32 i = 0; i < request.nr_destinations; i++) {
		if (index < request.destinations[i].weight)
			return static_cast<s32>(request.destinations[i].node);
		index -= request.destinations[i].weight;
	}
	die("weights do not add up");
}

bool migrate(kapi_mm &mm, const kapi_action_request &request, const folio_at &folio)
{
	const s32 to = destination_of(request, folio.start);
	const auto node = all_nodes().find(to);
	const auto last = mm.moved_ns.find(folio.start);

	if (request.rest_ms && last != mm.moved_ns.end() &&
	    kapi_now_ns() - last->second < u64{request.rest_ms} * 1'000'000)
		return false;
	if (node == nodes.end() || folio.what.node == to || node->second.free_bytes < folio.size)
		return false;
	node->second.free_bytes -= folio.size;
	restore_accessed_bits(folio.what.node, folio.size);
	mm.changed[folio.start].node = to;
	mm.moved_ns[folio.start] = kapi_now_ns();
	return true;
}

bool act_on(kapi_mm &mm, const kapi_action_request &request, const folio_at &folio)
{
	switch (request.action) {
	case KAPI_ACTION_PAGEOUT:
		mm.changed[folio.start].out = true;
		restore_accessed_bits(folio.what.node, folio.size);
		return true;
	case KAPI_ACTION_COLD:
	case KAPI_ACTION_LRU_DEPRIO:
	case KAPI_ACTION_LRU_PRIO:
		mm.changed[folio.start].active = request.action == KAPI_ACTION_LRU_PRIO;
		return true;
	case KAPI_ACTION_MIGRATE:
		return migrate(mm, request, folio);
	case KAPI_ACTION_COLLAPSE:
		hugepage_bytes += folio.size;
		return true;
	case KAPI_ACTION_HUGEPAGE:
	case KAPI_ACTION_NOHUGEPAGE:
		return true;
	default:
		return false;
	}
}

u64 do_page(kapi_mm &mm, kapi_action_request &request, u64 address)
{
	const kapi_page what = page_at(mm, address);

	if (what.nr_pages == 0) {
		if (request.action == KAPI_ACTION_WILLNEED) {
			mm.changed.erase(address);
			request.applied_bytes += page;
		}
		return address + page;
	}
	const u64 size = what.nr_pages * page;
	const folio_at folio{address / size * size, size, what};
	const u64 id = folio.start / page + 1;

	if (request.last_folio == id)
		return folio.start + size;
	request.last_folio = id;
	if (!passes(mm, request, folio))
		return folio.start + size;
	request.passed_bytes += size;
	if (!is_in(mm.pinned, folio.start) && act_on(mm, request, folio))
		request.applied_bytes += size;
	return folio.start + size;
}

void apply(kapi_mm &mm, kapi_action_request &request)
{
	const u64 end = std::min(request.end, request.start + part_bytes);
	u64 pages = 0;

	apply_calls++;
	if (request.start >= request.end || request.start % page != 0)
		die("an action on [%#llx, %#llx)", request.start, request.end);
	if (action_script)
		return action_script(request);
	while (request.start < end) {
		if (mapping_at(mm, request.start) == mm.mapped.end()) {
			const auto next = mm.mapped.lower_bound(request.start);
			request.start = next == mm.mapped.end()
						? request.end
						: std::min(next->first, request.end);
			continue;
		}
		request.start = do_page(mm, request, request.start);
		pages++;
	}
	spend(pages * cost_ns_per_page);
}

} // namespace

void set_action_part_bytes(u64 bytes) { part_bytes = bytes; }
void set_action_cost_ns(u64 per_page) { cost_ns_per_page = per_page; }
void set_before_part(std::function<void()> what) { before_part = std::move(what); }

void set_action_script(std::function<void(kapi_action_request &)> script)
{
	action_script = std::move(script);
}

void add_node(s32 nid, u64 total_bytes, u64 free_bytes)
{
	std::lock_guard lock(world_lock);
	nodes[nid] = {total_bytes, free_bytes};
}

void remove_node(s32 nid)
{
	std::lock_guard lock(world_lock);
	nodes.erase(nid);
}

void set_memcg_on_node(u64 memcg, s32 nid, u64 bytes)
{
	std::lock_guard lock(world_lock);
	memcgs_on_nodes[{memcg, nid}] = bytes;
}

void remove_memcg_on_node(u64 memcg, s32 nid)
{
	std::lock_guard lock(world_lock);
	memcgs_on_nodes.erase({memcg, nid});
}

void set_lru_bytes(u64 active, u64 inactive)
{
	std::lock_guard lock(world_lock);
	active_bytes = active;
	inactive_bytes = inactive;
}

void set_hugepage_bytes(u64 bytes)
{
	std::lock_guard lock(world_lock);
	hugepage_bytes = bytes;
}

void set_psi(std::function<s64()> total_us)
{
	std::lock_guard lock(world_lock);
	psi = std::move(total_us);
}

void set_can_apply(int action, bool physical, bool can)
{
	std::lock_guard lock(world_lock);
	abilities[{action, physical}] = can;
}

void reset_actions()
{
	part_bytes = default_part;
	cost_ns_per_page = apply_calls = 0;
	active_bytes = inactive_bytes = hugepage_bytes = 0;
	before_part = nullptr;
	action_script = nullptr;
	psi = nullptr;
	nodes.clear();
	memcgs_on_nodes.clear();
	abilities.clear();
}

void count_actions(counters &out)
{
	out.apply_calls = apply_calls;
}

} // namespace host

using namespace host;

void kapi_phys_apply(kapi_action_request *request)
{
	if (before_part)
		before_part();
	std::lock_guard lock(world_lock);
	apply(ram_mm(), *request);
}

void kapi_mm_apply(kapi_mm *mm, kapi_action_request *request)
{
	if (before_part)
		before_part();
	std::lock_guard lock(world_lock);
	check_reference(mm);
	apply(*mm, *request);
}

bool kapi_can_apply(int action, bool physical)
{
	std::lock_guard lock(world_lock);
	const auto said = abilities.find({action, physical});

	if (said != abilities.end())
		return said->second;
	switch (action) {
	case KAPI_ACTION_PAGEOUT:
	case KAPI_ACTION_MIGRATE:
	case KAPI_ACTION_STAT:
		return true;
	case KAPI_ACTION_LRU_PRIO:
	case KAPI_ACTION_LRU_DEPRIO:
		return physical;
	default:
		return !physical;
	}
}

int kapi_memory_of(s32 node, kapi_memory *memory)
{
	std::lock_guard lock(world_lock);

	all_nodes();
	if (node == -1) {
		*memory = {};
		for (const auto &[nid, has] : nodes) {
			memory->total_bytes += has.total_bytes;
			memory->free_bytes += has.free_bytes;
		}
		return 0;
	}
	if (nodes.count(node) == 0)
		return -ENOENT;
	*memory = nodes[node];
	return 0;
}

int kapi_memcg_on_node(u64 memcg, s32 node, u64 *bytes)
{
	std::lock_guard lock(world_lock);
	const auto found = memcgs_on_nodes.find({memcg, node});

	if (found == memcgs_on_nodes.end())
		return -ENOENT;
	*bytes = found->second;
	return 0;
}

void kapi_lru_bytes(u64 *active, u64 *inactive)
{
	std::lock_guard lock(world_lock);
	*active = active_bytes;
	*inactive = inactive_bytes;
}

u64 kapi_huge_page_bytes()
{
	return 2 << 20;
}

u64 kapi_hugepage_bytes()
{
	std::lock_guard lock(world_lock);
	return hugepage_bytes;
}

int kapi_psi_some_memory_us(u64 *total_us)
{
	std::function<s64()> ask;
	{
		std::lock_guard lock(world_lock);
		ask = psi;
	}
	const s64 total = ask ? ask() : 0;

	if (total < 0)
		return -EOPNOTSUPP;
	*total_us = static_cast<u64>(total);
	return 0;
}

int kapi_record_migrations(void)
{
	return host::may_allocate() ? 0 : -ENOMEM;
}
