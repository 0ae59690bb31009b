// SPDX-License-Identifier: GPL-2.0
#include "schemes/validate.hh"

namespace damon {

namespace {

constexpr u64 all_bp = 10'000;

bool is_share(goal_metric metric)
{
	return metric != goal_metric::user_input && metric != goal_metric::some_mem_psi_us;
}

status validate_share(const goal &config, report &why)
{
	if (config.target_value > all_bp)
		return why.fail(errc::inval, "target_value", config.target_value,
				" is above 10000, which is all there can be");
	if (config.direction == goal_direction::lower && config.target_value == all_bp)
		return why.fail(errc::inval, "target_value",
				"10000 is reached from the start where direction is lower");
	return ok;
}

// A goal whose metric this kernel does not measure would never be reached.
status validate_measure(const goal &config, text_view name, report &why)
{
	u64 value = 0;
	int rc = 0;

	if (config.metric == goal_metric::some_mem_psi_us)
		rc = kapi_psi_some_memory_us(&value);
	else if (is_of_memcg(config.metric))
		rc = kapi_memcg_on_node(config.memcg, config.nid, &value);
	if (status::from_errno(rc).is(errc::opnotsupp))
		return why.fail(errc::opnotsupp, "target_metric", name,
				" is disabled in this kernel, or by its boot parameters");
	return ok;
}

status validate_goal(const goal &config, operations_id operations, report &why)
{
	const text_view name = goal_metric_names[static_cast<u32>(config.metric)];

	if (config.metric == goal_metric::node_eligible_mem_bp &&
	    operations != operations_id::paddr)
		return why.fail(errc::inval, "target_metric", name, " is for paddr only");
	if (is_share(config.metric))
		TRY(validate_share(config, why));
	else if (config.direction == goal_direction::lower)
		return why.fail(errc::inval, "direction", "lower is for shares, and ", name,
				" is none");
	if (is_of_node(config.metric))
		TRY(validate_node(config.nid, "nid", why));
	return validate_measure(config, name, why);
}

} // namespace

status validate_goals(span<const goal> goals, operations_id operations, report &why)
{
	for (const goal &config : goals) {
		report::at here{why, "goals", config.number};

		if (!config.target_value)
			return why.fail(errc::inval, "target_value", "must not be 0");
		TRY(validate_goal(config, operations, why));
	}
	return ok;
}

} // namespace damon
