// SPDX-License-Identifier: GPL-2.0
#include "schemes/action.hh"
#include "schemes/validate.hh"

namespace damon {

namespace {

status validate_limits(const filter &wanted, report &why)
{
	if (wanted.limits.max < wanted.limits.min)
		return why.fail(errc::inval, "max", wanted.limits.max, " is below min ",
				wanted.limits.min);
	return ok;
}

status validate_range(const filter &wanted, u64 unit, report &why)
{
	const addr_range range = wanted.range;

	if (range.end < range.start)
		return why.fail(errc::inval, "addr_end", range.end / unit,
				" is below addr_start ", range.start / unit);
	if (range.empty())
		why.note("addr_end", "is addr_start, so this filter never matches");
	return ok;
}

status validate_hits(const filter &wanted, const inputs &in, report &why)
{
	bool weighs = false;

	for (const attribute_probe &probe : in.probes)
		weighs |= probe.weight != 0;
	if (!weighs)
		why.note("type", "no probe has a weight, so probe_hits_wsum is always 0");
	return validate_limits(wanted, why);
}

status validate_filter(const filter &wanted, const inputs &in, report &why)
{
	switch (wanted.type) {
	case filter_type::hugepage_size:
	case filter_type::node:
		return validate_limits(wanted, why);
	case filter_type::addr:
		return validate_range(wanted, in.addr_unit, why);
	case filter_type::target:
		if (wanted.target_index < 0 ||
		    static_cast<u32>(wanted.target_index) >= in.targets.size())
			why.note("damon_target_idx", "there is no target ", wanted.target_index,
				 ", so this filter never matches");
		return ok;
	case filter_type::probe_hits_wsum:
		return validate_hits(wanted, in, why);
	default:
		return ok;
	}
}

status validate_list(span<const filter> filters, const inputs &in, report &why)
{
	for (const filter &wanted : filters) {
		report::at here{why, wanted.directory, wanted.number};
		TRY(validate_filter(wanted, in, why));
	}
	return ok;
}

} // namespace

status validate_filters(const scheme_inputs &wanted, const inputs &in, report &why)
{
	if (!wanted.ops_filters.empty() && in.operations != operations_id::paddr &&
	    takes_mappings_whole(wanted.action)) {
		const filter &first = wanted.ops_filters[0];
		report::at here{why, first.directory, first.number};
		return why.fail(errc::inval, "type", action_names[static_cast<u32>(wanted.action)],
				" is for whole mappings, so only addr, target and probe_hits_wsum "
				"can filter");
	}
	TRY(validate_list(wanted.core_filters.all(), in, why));
	return validate_list(wanted.ops_filters.all(), in, why);
}

} // namespace damon
