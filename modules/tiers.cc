// SPDX-License-Identifier: GPL-2.0
#include "modules/tiers.hh"
#include "damonxx/lib/math.hh"
#include "damonxx/lib/text.hh"

namespace damon {

namespace {

// As in the kernel's memory tiers.
constexpr u32 abstract_distances_in_tier = 128;

bool knows_abstract_distances(const damonxx_numa_topology &topology)
{
	for (u32 i = 0; i < topology.nr_nodes; i++)
		if (topology.nodes[i].has_memory && !topology.nodes[i].abstract_distance)
			return false;
	return true;
}

// Slowness of node @i; only the order of these numbers matters.
u32 slowness(const damonxx_numa_topology &topology, u32 i, bool by_abstract_distance)
{
	const damonxx_node &node = topology.nodes[i];
	u32 nearest = u32_max;

	if (by_abstract_distance)
		return node.abstract_distance / abstract_distances_in_tier;
	if (node.has_cpu)
		return 0;
	for (u32 k = 0; k < topology.nr_nodes; k++)
		if (topology.nodes[k].has_cpu)
			nearest = min(nearest, node.distance[k]);
	return nearest;
}

// The number of distinct values below @slowness[i].
u32 tier_of(const u32 *slowness, const tier_plan &plan, u32 i)
{
	u32 tier = 0;

	for (u32 k = 0; k < plan.nr_nodes; k++) {
		bool first = slowness[k] < slowness[i];

		for (u32 j = 0; j < k; j++)
			first &= slowness[j] != slowness[k];
		tier += first;
	}
	return tier;
}

s32 nearest_of_tier(const damonxx_numa_topology &topology, const tier_plan &plan, u32 i, u32 tier)
{
	const damonxx_node &from = topology.nodes[plan.nodes[i].node];
	u32 shortest = u32_max;
	s32 nid = no_node;

	for (u32 k = 0; k < plan.nr_nodes; k++) {
		const tier_route &to = plan.nodes[k];

		if (to.tier != tier || (nid != no_node && from.distance[to.node] >= shortest))
			continue;
		shortest = from.distance[to.node];
		nid = to.nid;
	}
	return nid;
}

status refuse(damonxx_reason &reason, const char *what, s32 nid, const char *why)
{
	text_writer{reason.text, sizeof(reason.text)} << what << " " << nid << " " << why;
	return errc::inval;
}

status check_node(const tier_plan &plan, const char *what, s32 nid, damonxx_reason &reason)
{
	if (nid == no_node || plan.find(nid))
		return ok;
	return refuse(reason, what, nid, "is no node with memory that can be managed");
}

// Restricts migration to the two nodes of @overrides.
void connect(tier_plan &plan, const tier_overrides &overrides)
{
	for (u32 i = 0; i < plan.nr_nodes; i++) {
		tier_route &route = plan.nodes[i];

		route.promote_to =
			route.nid == overrides.demote_to ? overrides.promote_to : no_node;
		route.demote_to = route.nid == overrides.promote_to ? overrides.demote_to : no_node;
	}
}

void redirect(tier_plan &plan, const tier_overrides &overrides)
{
	const tier_route *fast = plan.find(overrides.promote_to);
	const tier_route *slow = plan.find(overrides.demote_to);

	for (u32 i = 0; i < plan.nr_nodes; i++) {
		tier_route &route = plan.nodes[i];

		if (fast && route.tier > fast->tier)
			route.promote_to = fast->nid;
		if (slow && route.tier < slow->tier)
			route.demote_to = slow->nid;
	}
}

} // namespace

const tier_route *tier_plan::find(s32 nid) const
{
	for (u32 i = 0; i < nr_nodes; i++)
		if (nodes[i].nid == nid)
			return &nodes[i];
	return nullptr;
}

u32 tier_plan::nr_promotions() const
{
	u32 count = 0;

	for (u32 i = 0; i < nr_nodes; i++)
		count += nodes[i].promote_to != no_node;
	return count;
}

u32 tier_plan::nr_demotions() const
{
	u32 count = 0;

	for (u32 i = 0; i < nr_nodes; i++)
		count += nodes[i].demote_to != no_node;
	return count;
}

tier_plan find_tiers(const damonxx_numa_topology &topology)
{
	u32 slow[DAMONXX_MAX_NODES] = {};
	tier_plan plan;

	plan.by_abstract_distance = knows_abstract_distances(topology);
	for (u32 i = 0; i < topology.nr_nodes; i++) {
		if (!topology.nodes[i].has_memory)
			continue;
		slow[plan.nr_nodes] = slowness(topology, i, plan.by_abstract_distance);
		plan.nodes[plan.nr_nodes].nid = topology.nodes[i].nid;
		plan.nodes[plan.nr_nodes++].node = i;
	}
	for (u32 i = 0; i < plan.nr_nodes; i++) {
		plan.nodes[i].tier = tier_of(slow, plan, i);
		plan.nr_tiers = max(plan.nr_tiers, plan.nodes[i].tier + 1);
	}
	for (u32 i = 0; i < plan.nr_nodes; i++) {
		tier_route &route = plan.nodes[i];

		if (route.tier > 0)
			route.promote_to = nearest_of_tier(topology, plan, i, route.tier - 1);
		route.demote_to = nearest_of_tier(topology, plan, i, route.tier + 1);
	}
	return plan;
}

status apply_overrides(tier_plan &plan, const tier_overrides &overrides, damonxx_reason &reason)
{
	constexpr const char *promote = "promote_target_nid";
	constexpr const char *demote = "demote_target_nid";
	const bool both = overrides.promote_to != no_node && overrides.demote_to != no_node;

	TRY(check_node(plan, promote, overrides.promote_to, reason));
	TRY(check_node(plan, demote, overrides.demote_to, reason));
	if (both && overrides.promote_to == overrides.demote_to)
		return refuse(reason, promote, overrides.promote_to, "is demote_target_nid, too");
	if (both) {
		connect(plan, overrides);
		return ok;
	}
	if (plan.nr_tiers < 2) {
		text_writer{reason.text, sizeof(reason.text)}
			<< "all memory is of one tier, so there is nowhere to promote or demote to";
		return errc::nodev;
	}
	if (overrides.promote_to != no_node &&
	    plan.find(overrides.promote_to)->tier == plan.nr_tiers - 1)
		return refuse(reason, promote, overrides.promote_to, "is of the slowest tier");
	if (overrides.demote_to != no_node && !plan.find(overrides.demote_to)->tier)
		return refuse(reason, demote, overrides.demote_to, "is of the fastest tier");
	redirect(plan, overrides);
	return ok;
}

void describe_tiers(const tier_plan &plan, char *buffer, u32 size)
{
	text_writer out{buffer, size};

	for (u32 i = 0; i < plan.nr_nodes; i++) {
		const tier_route &route = plan.nodes[i];

		out << "node " << route.nid << " tier " << route.tier << " promote_to "
		    << route.promote_to << " demote_to " << route.demote_to << "\n";
	}
}

void summarize_tiers(const tier_plan &plan, char *buffer, u32 size)
{
	text_writer out{buffer, size};

	out << "nodes by tier, the fastest first:";
	for (u32 tier = 0; tier < plan.nr_tiers; tier++) {
		const char *before = tier ? " > " : " ";

		for (u32 i = 0; i < plan.nr_nodes; i++)
			if (plan.nodes[i].tier == tier) {
				out << before << plan.nodes[i].nid;
				before = ",";
			}
	}
	out << (plan.by_abstract_distance ? ", by abstract distance" : ", by CPUs and distance");
}

} // namespace damon
