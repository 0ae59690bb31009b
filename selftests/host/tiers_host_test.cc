// SPDX-License-Identifier: GPL-2.0
// The tiers of machines made by hand.
#include "kunit/test.hh"
#include "modules/tiers.hh"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace damon;

namespace {

constexpr u32 dram = 576;	// the kernel's abstract distance of ordinary memory

struct node {
	s32 nid;
	bool has_cpu;
	u32 abstract_distance;
	std::vector<u32> distance;
	bool has_memory = true;
};

damonxx_machine machine_of(const std::vector<node> &nodes)
{
	damonxx_machine machine{};

	for (const node &each : nodes) {
		damonxx_node &made = machine.nodes[machine.nr_nodes++];
		made.nid = each.nid;
		made.has_cpu = each.has_cpu;
		made.has_memory = each.has_memory;
		made.abstract_distance = each.abstract_distance;
		for (u32 i = 0; i < each.distance.size(); i++)
			made.distance[i] = each.distance[i];
	}
	return machine;
}

std::string text_of(const tier_plan &plan)
{
	char buffer[1024];

	describe_tiers(plan, buffer, sizeof(buffer));
	return buffer;
}

std::string tiers_of(const std::vector<node> &nodes)
{
	return text_of(find_tiers(machine_of(nodes)));
}

// A fast node, a slow one, and one that is slower still.
const std::vector<node> chain = {{0, true, dram, {10, 20, 40}},
				 {1, false, dram + 1000, {20, 10, 30}},
				 {2, false, dram + 4000, {40, 30, 10}}};

std::string wished(const std::vector<node> &nodes, tier_wishes wishes, errc expected = errc{})
{
	tier_plan plan = find_tiers(machine_of(nodes));
	damonxx_reason reason{};
	const status done = apply_wishes(plan, wishes, reason);

	if (done.is_ok())
		return text_of(plan);
	EXPECT_EQ(done.to_errno(), -static_cast<int>(expected));
	return reason.text;
}

} // namespace

TEST(tiers, of_two_nodes)
{
	const std::string expected = "node 0 tier 0 promote_to -1 demote_to 1\n"
				     "node 1 tier 1 promote_to 0 demote_to -1\n";

	EXPECT_EQ(tiers_of({{0, true, dram, {10, 40}}, {1, false, dram + 128, {40, 10}}}), expected);
	EXPECT_EQ(tiers_of({{0, true, 0, {10, 40}}, {1, false, 0, {40, 10}}}), expected);
	// One that the kernel says nothing of makes what it says of others useless.
	EXPECT_EQ(tiers_of({{0, true, dram, {10, 40}}, {1, false, 0, {40, 10}}}), expected);
}

TEST(tiers, of_a_chain)
{
	std::vector<node> nodes = chain;
	const std::string expected = "node 0 tier 0 promote_to -1 demote_to 1\n"
				     "node 1 tier 1 promote_to 0 demote_to 2\n"
				     "node 2 tier 2 promote_to 1 demote_to -1\n";

	EXPECT_EQ(tiers_of(nodes), expected);
	for (node &each : nodes)
		each.abstract_distance = 0;
	EXPECT_EQ(tiers_of(nodes), expected);
}

TEST(tiers, of_two_sockets_with_a_slow_node_each)
{
	for (const u32 far : {0u, dram * 5})
		EXPECT_EQ(tiers_of({{0, true, far ? dram : 0, {10, 20, 17, 28}},
				    {1, true, far ? dram : 0, {20, 10, 28, 17}},
				    {2, false, far, {17, 28, 10, 28}},
				    {3, false, far, {28, 17, 28, 10}}}),
			  "node 0 tier 0 promote_to -1 demote_to 2\n"
			  "node 1 tier 0 promote_to -1 demote_to 3\n"
			  "node 2 tier 1 promote_to 0 demote_to -1\n"
			  "node 3 tier 1 promote_to 1 demote_to -1\n");
}

TEST(tiers, faster_memory_without_cpus_is_the_first)
{
	EXPECT_EQ(tiers_of({{0, true, dram, {10, 20}}, {1, false, dram / 2, {20, 10}}}),
		  "node 0 tier 1 promote_to 1 demote_to -1\n"
		  "node 1 tier 0 promote_to -1 demote_to 0\n");
}

TEST(tiers, nodes_without_memory_only_tell_where_cpus_are)
{
	EXPECT_EQ(tiers_of({{0, true, 0, {10, 30, 50}, false},
			    {1, false, 0, {30, 10, 60}},
			    {2, false, 0, {50, 60, 10}}}),
		  "node 1 tier 0 promote_to -1 demote_to 2\n"
		  "node 2 tier 1 promote_to 1 demote_to -1\n");
	EXPECT_EQ(tiers_of({{0, true, dram, {10, 30}}, {7, false, 0, {30, 10}, false}}),
		  "node 0 tier 0 promote_to -1 demote_to -1\n");
	EXPECT_EQ(tiers_of({}), "");
}

TEST(tiers, equal_nodes_are_one_tier)
{
	const std::vector<node> equal = {{0, true, dram, {10, 20}}, {1, true, dram + 60, {20, 10}}};

	EXPECT_EQ(tiers_of(equal), "node 0 tier 0 promote_to -1 demote_to -1\n"
				   "node 1 tier 0 promote_to -1 demote_to -1\n");
	EXPECT_EQ(wished(equal, {}, errc::nodev),
		  "all memory is of one tier, so there is nowhere to promote or demote to");
	EXPECT_EQ(wished({{0, true, dram, {10}}}, {}, errc::nodev),
		  "all memory is of one tier, so there is nowhere to promote or demote to");
	// Who names both nodes knows better.
	EXPECT_EQ(wished(equal, {1, 0}), "node 0 tier 0 promote_to 1 demote_to -1\n"
					 "node 1 tier 0 promote_to -1 demote_to 0\n");
}

TEST(tiers, one_wish_is_for_all_slower_or_faster_nodes)
{
	EXPECT_EQ(wished(chain, {0, nowhere}), "node 0 tier 0 promote_to -1 demote_to 1\n"
					       "node 1 tier 1 promote_to 0 demote_to 2\n"
					       "node 2 tier 2 promote_to 0 demote_to -1\n");
	EXPECT_EQ(wished(chain, {nowhere, 2}), "node 0 tier 0 promote_to -1 demote_to 2\n"
					       "node 1 tier 1 promote_to 0 demote_to 2\n"
					       "node 2 tier 2 promote_to 1 demote_to -1\n");
	EXPECT_EQ(wished(chain, {0, 2}), "node 0 tier 0 promote_to -1 demote_to 2\n"
					 "node 1 tier 1 promote_to -1 demote_to -1\n"
					 "node 2 tier 2 promote_to 0 demote_to -1\n");
}

TEST(tiers, impossible_wishes_are_refused)
{
	EXPECT_EQ(wished(chain, {5, nowhere}, errc::inval),
		  "promote_target_nid 5 is no node with memory that can be managed");
	EXPECT_EQ(wished(chain, {nowhere, 2147483647}, errc::inval),
		  "demote_target_nid 2147483647 is no node with memory that can be managed");
	EXPECT_EQ(wished(chain, {1, 1}, errc::inval), "promote_target_nid 1 is demote_target_nid, too");
	EXPECT_EQ(wished(chain, {2, nowhere}, errc::inval), "promote_target_nid 2 is of the slowest tier");
	EXPECT_EQ(wished(chain, {nowhere, 0}, errc::inval), "demote_target_nid 0 is of the fastest tier");
}

TEST(tiers, are_told_in_one_line)
{
	char text[128];

	summarize_tiers(find_tiers(machine_of(chain)), text, sizeof(text));
	EXPECT_EQ(std::string{text}, "nodes by tier, the fastest first: 0 > 1 > 2, by abstract distance");
	summarize_tiers(find_tiers(machine_of({{0, true, 0, {10, 20, 20}},
					       {1, true, 0, {20, 10, 20}},
					       {12, false, 0, {20, 20, 10}}})),
			text, sizeof(text));
	EXPECT_EQ(std::string{text}, "nodes by tier, the fastest first: 0,1 > 12, by CPUs and distance");
	// What does not fit is left out.
	char little[9];
	summarize_tiers(find_tiers(machine_of(chain)), little, sizeof(little));
	EXPECT_EQ(std::string{little}, "nodes by");
}
