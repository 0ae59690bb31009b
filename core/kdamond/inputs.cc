// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/inputs.hh"
#include "core/region/ranges.hh"
#include "schemes/validate.hh"

namespace damon {

namespace {

status validate_ranges(span<const addr_range> ranges, report &why)
{
	u64 free_from = 0;

	for (u32 i = 0; i < ranges.size(); i++) {
		const addr_range aligned = page_aligned(ranges[i]);
		report::at here{why, "regions", i};

		if (ranges[i].empty() || aligned.empty())
			return why.fail(errc::inval, "end", ranges[i].end,
					" is not above start ", ranges[i].start);
		if (aligned.start < free_from)
			return why.fail(errc::inval, "start", ranges[i].start,
					" lies before the end of the region before it, or on its "
					"last page");
		free_from = aligned.end;
	}
	return ok;
}

bool all_have_ranges(span<const target_inputs> targets)
{
	for (const target_inputs &target : targets)
		if (target.ranges.empty() && !target.obsolete)
			return false;
	return true;
}

// Unless it is larger than a page, a unit must divide a page: page addresses are whole units then.
status validate_unit(u64 unit, report &why)
{
	if (!unit || (unit <= page_bytes && !is_power_of_two(unit)))
		return why.fail(errc::inval, "addr_unit", unit,
				" is neither a power of two nor above ", page_bytes);
	return ok;
}

} // namespace

status inputs::validate(report &why) const
{
	if (!operations_available(operations))
		return why.fail(errc::inval, "operations",
				operations_names[static_cast<u32>(operations)],
				" is not available on this kernel");
	TRY(validate_unit(addr_unit, why));
	{
		report::at here{why, "monitoring_attrs"};
		TRY(attrs.validate(why));
		TRY(validate_probes(probes.all(), attrs, why));
	}
	if (targets.empty())
		return why.fail(errc::inval, "targets", "there is none to monitor");
	if (operations == operations_id::paddr && targets.size() > 1 &&
	    !all_have_ranges(targets.all()))
		return why.fail(errc::inval, "targets", "several paddr targets need regions each");
	bool any_left = false;
	for (u32 i = 0; i < targets.size(); i++) {
		report::at here{why, "targets", i};
		if (targets[i].obsolete)
			continue;
		any_left = true;
		if (!targets[i].pid && operations != operations_id::paddr)
			return why.fail(errc::inval, "pid_target", "no process ",
					targets[i].pid_number);
		TRY(validate_ranges(targets[i].ranges.all(), why));
	}
	if (!any_left)
		return why.fail(errc::inval, "targets", "none would be left to monitor");
	const bool weighs_probes = sampling_mode::of(probes.all()).weights.any();
	return validate_schemes(schemes.all(),
				{operations, addr_unit, targets.size(), weighs_probes}, why);
}

} // namespace damon
