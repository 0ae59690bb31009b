// SPDX-License-Identifier: GPL-2.0
#include "schemes/action.hh"
#include "schemes/validate.hh"

namespace damon {

namespace {

status validate_limits(const filter &config, report &why)
{
	if (config.limits.max < config.limits.min)
		return why.fail(errc::inval, "max", config.limits.max, " is below min ",
				config.limits.min);
	return ok;
}

status validate_range(const filter &config, u64 unit, report &why)
{
	const addr_range range = config.range;

	if (range.end < range.start)
		return why.fail(errc::inval, "addr_end", range.end / unit,
				" is below addr_start ", range.start / unit);
	if (range.empty())
		why.note("addr_end", "is addr_start, so this filter never matches");
	return ok;
}

status validate_hits(const filter &config, const inputs &in, report &why)
{
	bool weighs = false;

	for (const attribute_probe &probe : in.probes)
		weighs |= probe.weight != 0;
	if (!weighs)
		why.note("type", "no probe has a weight, so probe_hits_wsum is always 0");
	return validate_limits(config, why);
}

status validate_filter(const filter &config, const inputs &in, report &why)
{
	switch (config.type) {
	case filter_type::hugepage_size:
	case filter_type::node:
		return validate_limits(config, why);
	case filter_type::addr:
		return validate_range(config, in.addr_unit, why);
	case filter_type::target:
		if (config.target_index < 0 ||
		    static_cast<u32>(config.target_index) >= in.targets.size())
			why.note("damon_target_idx", "there is no target ", config.target_index,
				 ", so this filter never matches");
		return ok;
	case filter_type::probe_hits_wsum:
		return validate_hits(config, in, why);
	default:
		return ok;
	}
}

status validate_list(span<const filter> filters, const inputs &in, report &why)
{
	for (const filter &config : filters) {
		report::at here{why, config.directory, config.number};
		TRY(validate_filter(config, in, why));
	}
	return ok;
}

} // namespace

status validate_filters(const scheme_inputs &config, const inputs &in, report &why)
{
	if (!config.ops_filters.empty() && in.operations != operations_id::paddr &&
	    takes_mappings_whole(config.action)) {
		const filter &first = config.ops_filters[0];
		report::at here{why, first.directory, first.number};
		return why.fail(errc::inval, "type", action_names[static_cast<u32>(config.action)],
				" is for whole mappings, so only addr, target and probe_hits_wsum "
				"can filter");
	}
	TRY(validate_list(config.core_filters.all(), in, why));
	return validate_list(config.ops_filters.all(), in, why);
}

} // namespace damon
