// SPDX-License-Identifier: GPL-2.0
// Goals: what they are measured by, their scores, and what tuners make of these, in 128 bits; shares
// of nodes by looking at every page.
#include "quota_model.hh"
#include "table_model.hh"

#include "schemes/goal_metric.hh"
#include "schemes/goal_tuner.hh"

#include <algorithm>
#include <map>
#include <vector>

namespace fuzz {
namespace {

using damon::goal;
using damon::goal_direction;
using damon::goal_metric;

constexpr u64 all_bp = 10'000;

// ---- tuners

void tuner(choices &in)
{
	damon::goal_tuning tuning;
	goal_model model;
	damon::quota_inputs limits;

	limits.tuner = static_cast<damon::goal_tuner>(in.below(3));
	for (u64 windows = in.below(40); windows > 0; windows--) {
		if (in.below(8) == 0)
			limits.bytes = in.flip() ? in.number() : 0;
		const u64 score = in.flip() ? in.below(21'000) : in.number();
		const u64 matching = in.flip() ? in.below(1 << 20) << 12 : in.number();
		// Within a window, after a commit.
		const bool step = in.below(8) != 0;
		const u64 is = tuning.allowed_bytes(limits, score, matching, step);
		const wide should =
			model.allowed(limits.tuner, limits.bytes, score, matching, step);

		MUST(is == should, static_cast<int>(limits.tuner), is, at_most_u64(should), score,
		     matching, step);
	}
}

// ---- scores

goal any_goal(choices &in, bool of_share)
{
	goal g;

	g.direction = of_share && in.flip() ? goal_direction::lower : goal_direction::raise;
	// No others pass validation.
	g.target_value =
		of_share ? in.between(1, g.direction == goal_direction::lower ? all_bp - 1 : all_bp)
			 : std::max<u64>(in.number(), 1);
	return g;
}

wide score_of(const goal &g, wide current)
{
	if (g.direction == goal_direction::raise)
		return std::min<wide>(current * all_bp / g.target_value, largest);
	// The rest of a share is what grows.
	return (all_bp - std::min<wide>(current, all_bp)) * all_bp / (all_bp - g.target_value);
}

void scores(choices &in)
{
	const bool of_share = in.flip();
	const goal g = any_goal(in, of_share);
	const u64 current = of_share ? in.below(all_bp + 2) : in.number();

	MUST(damon::score_of(g, current) == score_of(g, current), damon::score_of(g, current),
	     current, g.target_value);
}

// Bytes that it takes until so much of a node is used, or free.
void missing(choices &in)
{
	goal g = any_goal(in, true);
	const u64 total = in.number(), free = in.flip() ? in.below(total) : in.number();

	g.metric = in.flip() ? goal_metric::node_mem_used_bp : goal_metric::node_mem_free_bp;
	const wide free_part = std::min(free, total);
	const wide current =
		g.metric == goal_metric::node_mem_free_bp ? free_part : total - free_part;
	const wide wanted = wide{total} * g.target_value / all_bp;
	const wide should = g.direction == goal_direction::raise
				    ? wanted - std::min(wanted, current)
				    : current - std::min(wanted, current);

	MUST(damon::missing_bytes(g, {total, free}) == should, total, free, g.target_value,
	     at_most_u64(should));
}

// The target is no further than what the nodes have room for.
void shares(choices &in)
{
	const goal g = any_goal(in, true);
	const bool raise = g.direction == goal_direction::raise;
	const u64 used = in.number();
	const damon::usage_estimate found{.used_bytes = used,
					  .node_bytes = in.below(at_most_u64(wide{used} + 1))};
	const u64 here = in.number(), elsewhere = in.number();
	const damon::goal_progress is = damon::progress_of_share(g, found, here, elsewhere);

	if (!used) {
		MUST(is.most_bytes == 0 && is.score == (raise ? 0 : all_bp), is.score,
		     is.most_bytes);
		return;
	}
	goal reachable = g;
	const wide fits = wide{std::min(here, used)} * all_bp / used;
	const wide must_stay = wide{used - std::min(elsewhere, used)} * all_bp / used;
	reachable.target_value =
		static_cast<u64>(raise ? std::min<wide>(g.target_value, fits)
				       : std::max<wide>(g.target_value, must_stay));
	const wide wanted = wide{used} * reachable.target_value / all_bp;
	const wide has = found.node_bytes;
	const wide missing = raise ? wanted - std::min(wanted, has) : has - std::min(wanted, has);
	MUST(is.most_bytes == missing, is.most_bytes, at_most_u64(missing), used, g.target_value);
	// Not beyond the goal while anything is missing.
	MUST(missing ? is.score <= all_bp : is.score >= all_bp, is.score, is.most_bytes);
	const bool has_distance =
		raise ? reachable.target_value > 0 : reachable.target_value < all_bp;
	if (missing == 0 || !has_distance)
		return;
	const wide share = has * all_bp / used;
	MUST(is.score == std::min<wide>(score_of(reachable, share), all_bp), is.score, used,
	     found.node_bytes);
}

// ---- measures of the machine

struct machine {
	std::map<s32, kapi_memory> nodes;
	u64 active, inactive, huge_bytes, memcg_bytes;
	s64 stall_us;
};

u64 bp(wide part, wide whole)
{
	return static_cast<u64>(std::min(part, whole) * all_bp / whole);
}

// By the table of metrics in the specification.
u64 value_of(const goal &g, const machine &m)
{
	const auto node = m.nodes.find(g.nid);
	const bool there = node != m.nodes.end();
	const bool is_free = g.metric == goal_metric::node_mem_free_bp ||
			     g.metric == goal_metric::node_memcg_free_bp;
	const bool of_cgroup = g.metric == goal_metric::node_memcg_used_bp ||
			       g.metric == goal_metric::node_memcg_free_bp;
	wide total = 0, free = 0;

	switch (g.metric) {
	case goal_metric::user_input:
		return g.current_value;
	case goal_metric::active_mem_bp:
		return m.active + wide{m.inactive} ? bp(m.active, wide{m.active} + m.inactive) : 0;
	case goal_metric::inactive_mem_bp:
		return m.active + wide{m.inactive} ? bp(m.inactive, wide{m.active} + m.inactive)
						   : 0;
	case goal_metric::hugepage_mem_bp:
		for (const auto &[nid, has] : m.nodes) {
			total += has.total_bytes;
			free += has.free_bytes;
		}
		return total <= free ? all_bp : bp(m.huge_bytes, total - free);
	default:
		break;
	}
	// What has gone is beyond any target: nothing more is done for it.
	if (!there || (of_cgroup && g.memcg != 7))
		return g.direction == goal_direction::raise ? largest : 0;
	if (!node->second.total_bytes)
		return is_free ? 0 : all_bp;
	const u64 total_bytes = node->second.total_bytes;
	if (of_cgroup) {
		const u64 used = bp(m.memcg_bytes, total_bytes);
		return is_free ? all_bp - used : used;
	}
	const u64 free_bp = bp(node->second.free_bytes, total_bytes);
	return is_free ? free_bp : all_bp - free_bp;
}

void measures(choices &in)
{
	machine m{};
	s64 stall_before = -1;
	bool stall_known = false;
	damon::psi_baseline baseline;

	for (s32 nid = 0; nid < 3; nid++) {
		if (nid > 0 && in.flip())
			continue;
		const u64 total = in.number() >> 2;
		m.nodes[nid] = {total, in.flip() ? in.below(total) : in.number() >> 2};
		host::add_node(nid, m.nodes[nid].total_bytes, m.nodes[nid].free_bytes);
	}
	for (s32 nid = 1; nid < 3; nid++)
		if (!m.nodes.contains(nid))
			host::remove_node(nid);
	m.active = in.number() >> 1;
	m.inactive = in.number() >> 1;
	m.huge_bytes = in.number();
	m.memcg_bytes = in.number();
	host::set_lru_bytes(m.active, m.inactive);
	host::set_hugepage_bytes(m.huge_bytes);
	for (const auto &node : m.nodes)
		host::set_memcg_on_node(7, node.first, m.memcg_bytes);
	for (u64 n = in.below(12); n > 0; n--) {
		goal g = any_goal(in, false);

		if (in.flip())
			g.direction = goal_direction::lower;
		g.metric = static_cast<goal_metric>(in.below(10));
		if (g.metric == goal_metric::node_eligible_mem_bp)
			g.metric = goal_metric::hugepage_mem_bp;
		g.nid = static_cast<s32>(in.below(4));
		g.memcg = 7 - in.below(8) / 7;
		g.current_value = in.number();
		if (g.metric != goal_metric::some_mem_psi_us) {
			MUST(damon::measure(g, baseline) == value_of(g, m),
			     static_cast<int>(g.metric), g.nid, damon::measure(g, baseline),
			     value_of(g, m));
			continue;
		}
		// The first evaluation is neutral, the others see what it has grown by.
		const s64 stall = in.below(8) ? static_cast<s64>(in.number() >> 2) : -1;
		host::set_psi([stall] { return stall; });
		const u64 is = damon::measure(g, baseline);
		if (stall < 0)
			MUST(is == 0, is);
		else
			MUST(is == (!stall_known	   ? g.target_value
				    : stall > stall_before ? static_cast<u64>(stall - stall_before)
							   : 0),
			     is, stall, stall_before);
		if (stall >= 0) {
			stall_before = stall;
			stall_known = true;
		}
	}
	host::set_psi(nullptr);
}

// ---- how much memory is in use, and where

class estimate_run {
public:
	explicit estimate_run(choices &in) : in_{in} {}

	void run()
	{
		const u64 begin = u64{1} << 32;
		u64 at = begin;

		host::add_process(host::ram);
		for (u64 n = in_.below(6); n > 0; n--) {
			at += in_.below(20) * page;
			const u64 size = (1 + in_.below(200)) * page;
			host::map(host::ram, {at, at + size});
			mapped_.push_back({at, at + size});
			at += size;
		}
		end_ = at + 16 * page;
		for (u64 n = in_.below(6); n > 0; n--) {
			const u64 start = begin + in_.below((end_ - begin) / page) * page;
			const u64 end = start + (1 + in_.below(100)) * page;
			const u16 node = static_cast<u16>(in_.below(3));
			const bool present = in_.below(4) != 0;
			host::set_pages(host::ram, {start, end},
					{.memcg = 0,
					 .nr_pages = present ? 1u : 0u,
					 .anon = 1,
					 .node = node});
			described_.push_back({start, end, node, present});
		}
		make_targets();
		for (int questions = 0; questions < 4; questions++)
			ask();
	}

private:
	struct described {
		u64 start, end;
		u16 node;
		bool present;
	};

	void make_targets()
	{
		damon::prng random{in_.number()};

		MUST(targets_.reserve(3).is_ok());
		for (u64 n = in_.between(1, 3); n > 0; n--) {
			targets_.push({});
			damon::target &t = targets_.back();
			std::vector<damon::addr_range> ranges;
			u64 at = (u64{1} << 32) + in_.below(32) * page;

			for (u64 k = in_.below(5); k > 0; k--) {
				at += in_.below(20) * page;
				ranges.push_back({at, at + (1 + in_.below(150)) * page});
				at = ranges.back().end;
			}
			MUST(t.regions.reserve(64).is_ok());
			t.regions.reset(as_span(ranges));
			t.gone = in_.below(8) == 1;
			count(t, random);
		}
	}

	// Counts to tell regions apart by.
	void count(damon::target &t, damon::prng &random)
	{
		const u64 hot = in_.little_endian(1);

		for (u32 rounds = 0; rounds < window; rounds++) {
			t.regions.pick_checks(random);
			for (u32 i = 0; i < t.regions.count(); i++)
				t.regions.access_checks()[i].outcome =
					hot >> i % 8 & 1 ? KAPI_ACCESSED : KAPI_IDLE;
			t.regions.count_accesses();
		}
	}

	void ask()
	{
		damon::access_pattern pattern{{0, ~u64{0}}, {0, ~u32{0}}, {0, ~u32{0}}};
		const bool by_pattern = in_.flip();

		if (in_.flip())
			pattern.nr_accesses = {static_cast<u32>(in_.below(3)),
					       static_cast<u32>(in_.below(8))};
		if (in_.flip())
			pattern.size_bytes.min = in_.below(100) * page;
		const s32 nid = static_cast<s32>(in_.below(3));
		const u32 looks = in_.flip() ? 4096 : 1 + static_cast<u32>(in_.below(300));
		damon::prng random{in_.number()};
		const u64 described_before = host::counts().described_pages;
		const damon::usage_estimate is = damon::estimate_usage(
			damon::operations_of(damon::operations_id::paddr), targets_.all(),
			{by_pattern ? &pattern : nullptr, {0, 0, window}, nid, looks}, random);
		check(is, by_pattern ? &pattern : nullptr, nid, looks,
		      host::counts().described_pages - described_before);
	}

	// Of pages in the order of targets and regions, those in question one by one.
	void check(const damon::usage_estimate &is, const damon::access_pattern *pattern, s32 nid,
		   u64 looks, u64 looked)
	{
		u64 all = 0, used = 0, on_node = 0, rows = 1;
		int before = -1;

		for (const damon::target &t : targets_)
			for (u32 i = 0; !t.gone && i < t.regions.count(); i++) {
				if (pattern && !wants(*pattern, t.regions, i))
					continue;
				for (u64 at = t.regions.range(i).start; at < t.regions.range(i).end;
				     at += page) {
					const int node = node_of(at);
					all++;
					used += node >= 0;
					on_node += node == nid;
					rows += node != before;
					before = node;
				}
			}
		MUST(looked <= looks, looked, looks);
		MUST(is.node_bytes <= is.used_bytes && is.used_bytes <= all * page, is.node_bytes,
		     is.used_bytes, all);
		if (all <= looks) {
			MUST(is.used_bytes == used * page && is.node_bytes == on_node * page,
			     is.used_bytes / page, used, is.node_bytes / page, on_node, all);
			return;
		}
		// Evenly spread: a row of pages that are alike is missed by less than two strides.
		const u64 stride = (all + looks - 1) / looks;
		MUST(distance(is.used_bytes / page, used) <= 2 * (rows + 1) * stride,
		     is.used_bytes / page, used, all, rows, stride);
		MUST(distance(is.node_bytes / page, on_node) <= 2 * (rows + 1) * stride,
		     is.node_bytes / page, on_node, all, rows, stride);
		MUST(looked + 1 >= all / stride, looked, all, stride);
	}

	static u64 distance(u64 a, u64 b) { return a > b ? a - b : b - a; }

	static bool wants(const damon::access_pattern &pattern, const damon::region_table &regions,
			  u32 i)
	{
		const u64 size = regions.range(i).end - regions.range(i).start;

		return pattern.size_bytes.min <= size && size <= pattern.size_bytes.max &&
		       pattern.nr_accesses.min <= regions.nr_accesses(i) &&
		       regions.nr_accesses(i) <= pattern.nr_accesses.max;
	}

	// -1: nothing is there.
	int node_of(u64 address) const
	{
		const auto covers = [&](const auto &range) {
			return range.start <= address && address < range.end;
		};

		if (std::none_of(mapped_.begin(), mapped_.end(), covers))
			return -1;
		for (size_t i = described_.size(); i-- > 0;)
			if (covers(described_[i]))
				return described_[i].present ? described_[i].node : -1;
		return 0;
	}

	static constexpr u32 window = 5;

	choices &in_;
	u64 end_ = 0;
	std::vector<kapi_range> mapped_;
	std::vector<described> described_;
	damon::vec<damon::target> targets_;
};

} // namespace

void run_goal(choices &in)
{
	const u64 kind = in.below(4);

	if (kind == 0)
		return estimate_run{in}.run();
	if (kind == 1)
		measures(in);
	while (in.any_left()) {
		tuner(in);
		scores(in);
		missing(in);
		shares(in);
	}
}

} // namespace fuzz
