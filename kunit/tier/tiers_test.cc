// SPDX-License-Identifier: GPL-2.0
// The tiers of handwritten NUMA topologies.
#include "kunit/test.hh"
#include "modules/tiers.hh"

#include <initializer_list>

using namespace damon;

namespace {

constexpr u32 dram = 576;	// the kernel's abstract distance of ordinary memory

struct node {
	s32 nid;
	bool has_cpu;
	u32 abstract_distance;
	u32 distance[4];
	bool has_memory = true;
};
using nodes = std::initializer_list<node>;

// Too large for the stack; cases run one at a time.
constinit damonxx_numa_topology machine{};
constinit tier_plan plan{};
constinit damonxx_reason reason{};
constinit char buffer[1024];

const tier_plan &plan_of(nodes all)
{
	machine = {};
	for (const node &each : all) {
		damonxx_node &made = machine.nodes[machine.nr_nodes++];
		made.nid = each.nid;
		made.has_cpu = each.has_cpu;
		made.has_memory = each.has_memory;
		made.abstract_distance = each.abstract_distance;
		for (u32 i = 0; i < 4; i++)
			made.distance[i] = each.distance[i];
	}
	plan = find_tiers(machine);
	return plan;
}

text_view text_of(const tier_plan &what)
{
	describe_tiers(what, buffer, sizeof(buffer));
	return buffer;
}

text_view tiers_of(nodes all)
{
	return text_of(plan_of(all));
}

text_view in_one_line(nodes all, u32 size)
{
	summarize_tiers(plan_of(all), buffer, size);
	return buffer;
}

text_view overridden(nodes all, tier_overrides overrides)
{
	plan_of(all);
	EXPECT_OK(apply_overrides(plan, overrides, reason));
	return text_of(plan);
}

text_view refused(nodes all, tier_overrides overrides, errc code)
{
	plan_of(all);
	EXPECT_ERROR(apply_overrides(plan, overrides, reason), code);
	return reason.text;
}

// A fast node, a slow one, and one that is slower still.
constexpr nodes chain = {{0, true, dram, {10, 20, 40}},
			 {1, false, dram + 1000, {20, 10, 30}},
			 {2, false, dram + 4000, {40, 30, 10}}};

} // namespace

CASE(tiers, two_nodes_are_ordered_by_abstract_distance)
{
	const text_view expected = "node 0 tier 0 promote_to -1 demote_to 1\n"
				   "node 1 tier 1 promote_to 0 demote_to -1\n";

	EXPECT_EQUAL(tiers_of({{0, true, dram, {10, 40}}, {1, false, dram + 128, {40, 10}}}), expected);
	EXPECT_EQUAL(tiers_of({{0, true, 0, {10, 40}}, {1, false, 0, {40, 10}}}), expected);
	// Abstract distances are used only if the kernel knows those of all nodes.
	EXPECT_EQUAL(tiers_of({{0, true, dram, {10, 40}}, {1, false, 0, {40, 10}}}), expected);
}

CASE(tiers, chain_of_three_is_ordered_by_distance)
{
	const text_view expected = "node 0 tier 0 promote_to -1 demote_to 1\n"
				   "node 1 tier 1 promote_to 0 demote_to 2\n"
				   "node 2 tier 2 promote_to 1 demote_to -1\n";

	EXPECT_EQUAL(tiers_of(chain), expected);
	EXPECT_EQUAL(tiers_of({{0, true, 0, {10, 20, 40}},
			       {1, false, 0, {20, 10, 30}},
			       {2, false, 0, {40, 30, 10}}}), expected);
}

CASE(tiers, two_sockets_demote_to_their_own_slow_node)
{
	for (const u32 far : {0u, dram * 5})
		EXPECT_EQUAL(tiers_of({{0, true, far ? dram : 0, {10, 20, 17, 28}},
				       {1, true, far ? dram : 0, {20, 10, 28, 17}},
				       {2, false, far, {17, 28, 10, 28}},
				       {3, false, far, {28, 17, 28, 10}}}),
			     "node 0 tier 0 promote_to -1 demote_to 2\n"
			     "node 1 tier 0 promote_to -1 demote_to 3\n"
			     "node 2 tier 1 promote_to 0 demote_to -1\n"
			     "node 3 tier 1 promote_to 1 demote_to -1\n");
}

CASE(tiers, faster_memory_without_cpus_is_top_tier)
{
	EXPECT_EQUAL(tiers_of({{0, true, dram, {10, 20}}, {1, false, dram / 2, {20, 10}}}),
		     "node 0 tier 1 promote_to 1 demote_to -1\n"
		     "node 1 tier 0 promote_to -1 demote_to 0\n");
}

CASE(tiers, nodes_without_memory_are_in_no_tier)
{
	EXPECT_EQUAL(tiers_of({{0, true, 0, {10, 30, 50}, false},
			       {1, false, 0, {30, 10, 60}},
			       {2, false, 0, {50, 60, 10}}}),
		     "node 1 tier 0 promote_to -1 demote_to 2\n"
		     "node 2 tier 1 promote_to 1 demote_to -1\n");
	EXPECT_EQUAL(tiers_of({{0, true, dram, {10, 30}}, {7, false, 0, {30, 10}, false}}),
		     "node 0 tier 0 promote_to -1 demote_to -1\n");
	EXPECT_EQUAL(tiers_of({}), "");
}

CASE(tiers, equal_nodes_without_targets_fail_enodev)
{
	const nodes equal = {{0, true, dram, {10, 20}}, {1, true, dram + 60, {20, 10}}};
	const text_view one_tier =
		"all memory is of one tier, so there is nowhere to promote or demote to";

	EXPECT_EQUAL(tiers_of(equal), "node 0 tier 0 promote_to -1 demote_to -1\n"
				      "node 1 tier 0 promote_to -1 demote_to -1\n");
	EXPECT_EQUAL(refused(equal, {}, errc::nodev), one_tier);
	EXPECT_EQUAL(refused({{0, true, dram, {10}}}, {}, errc::nodev), one_tier);
	// If both nodes are named by parameters, they are used.
	EXPECT_EQUAL(overridden(equal, {1, 0}), "node 0 tier 0 promote_to 1 demote_to -1\n"
						"node 1 tier 0 promote_to -1 demote_to 0\n");
}

CASE(tiers, single_target_applies_to_all_slower_or_faster_nodes)
{
	EXPECT_EQUAL(overridden(chain, {0, no_node}), "node 0 tier 0 promote_to -1 demote_to 1\n"
						      "node 1 tier 1 promote_to 0 demote_to 2\n"
						      "node 2 tier 2 promote_to 0 demote_to -1\n");
	EXPECT_EQUAL(overridden(chain, {no_node, 2}), "node 0 tier 0 promote_to -1 demote_to 2\n"
						      "node 1 tier 1 promote_to 0 demote_to 2\n"
						      "node 2 tier 2 promote_to 1 demote_to -1\n");
	EXPECT_EQUAL(overridden(chain, {0, 2}), "node 0 tier 0 promote_to -1 demote_to 2\n"
						"node 1 tier 1 promote_to -1 demote_to -1\n"
						"node 2 tier 2 promote_to 0 demote_to -1\n");
}

CASE(tiers, impossible_targets_fail_einval)
{
	EXPECT_EQUAL(refused(chain, {5, no_node}, errc::inval),
		     "promote_target_nid 5 is no node with memory that can be managed");
	EXPECT_EQUAL(refused(chain, {no_node, 2147483647}, errc::inval),
		     "demote_target_nid 2147483647 is no node with memory that can be managed");
	EXPECT_EQUAL(refused(chain, {1, 1}, errc::inval),
		     "promote_target_nid 1 is demote_target_nid, too");
	EXPECT_EQUAL(refused(chain, {2, no_node}, errc::inval),
		     "promote_target_nid 2 is of the slowest tier");
	EXPECT_EQUAL(refused(chain, {no_node, 0}, errc::inval),
		     "demote_target_nid 0 is of the fastest tier");
}

CASE(tiers, description_fits_one_line_or_is_truncated)
{
	EXPECT_EQUAL(in_one_line(chain, sizeof(buffer)),
		     "nodes by tier, the fastest first: 0 > 1 > 2, by abstract distance");
	EXPECT_EQUAL(in_one_line({{0, true, 0, {10, 20, 20}},
				  {1, true, 0, {20, 10, 20}},
				  {12, false, 0, {20, 20, 10}}}, sizeof(buffer)),
		     "nodes by tier, the fastest first: 0,1 > 12, by CPUs and distance");
	// Longer text is truncated.
	EXPECT_EQUAL(in_one_line(chain, 9), "nodes by");
}
