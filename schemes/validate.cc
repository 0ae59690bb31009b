// SPDX-License-Identifier: GPL-2.0
#include "schemes/validate.hh"
#include "schemes/action.hh"

namespace damon {

namespace {

status validate_action(action what, operations_id operations, report &why)
{
	const bool physical = operations == operations_id::paddr;
	const char *name = action_names[static_cast<u32>(what)];

	if (!has_meaning(what, physical)) {
		why.note("action", name, " has no meaning for ",
			 operations_names[static_cast<u32>(operations)],
			 ", so regions are tried and nothing is done");
		return ok;
	}
	if (!kapi_can_apply(kernel_action(what), physical))
		return why.fail(errc::opnotsupp, "action", name,
				" is not supported by this kernel; see the kernel log");
	return ok;
}

status validate_destinations(span<const destination> all, report &why)
{
	u64 total_weight = 0;

	for (u32 i = 0; i < all.size(); i++) {
		report::at here{why, "dests", i};
		TRY(validate_node(all[i].nid, "id", why));
		total_weight += all[i].weight;
	}
	if (!total_weight)
		return why.fail(errc::inval, "dests/0/weight",
				"all weights are 0, so nothing could be moved");
	return ok;
}

status validate_migration(const scheme_inputs &config, operations_id operations, report &why)
{
	if (!migrates(config.action))
		return ok;
	if (operations != operations_id::paddr && !config.destinations.empty())
		return validate_destinations(config.destinations.all(), why);
	if (!config.destinations.empty())
		why.note("dests", "have no effect for paddr, which migrates to target_nid only");
	return validate_node(config.target_nid, "target_nid", why);
}

status validate_quota(const quota_inputs &quota, operations_id operations, u64 unit, report &why)
{
	report::at here{why, "quotas"};

	if (quota.bytes && quota.bytes < page_bytes)
		return why.fail(errc::inval, "bytes", quota.bytes / unit,
				" is less than a page, so nothing could be done; 0 is no limit");
	if (quota.fail_charge_denom && quota.fail_charge_num > quota.fail_charge_denom)
		return why.fail(errc::inval, "fail_charge_num", quota.fail_charge_num,
				" is above fail_charge_denom ", quota.fail_charge_denom);
	if (quota.fail_charge_num && !quota.fail_charge_denom)
		why.note("fail_charge_num", "has no effect while fail_charge_denom is 0");
	return validate_goals(quota.goals.all(), operations, why);
}

status validate_watermarks(const watermarks &marks, report &why)
{
	report::at here{why, "watermarks"};

	if (marks.metric == watermark_metric::none)
		return ok;
	if (marks.metric == watermark_metric::node_free_mem_rate)
		TRY(validate_node(marks.nid, "nid", why));
	if (marks.high > 1'000)
		return why.fail(errc::inval, "high", marks.high, " is above 1000, which is all memory");
	if (marks.mid > marks.high)
		return why.fail(errc::inval, "mid", marks.mid, " is above high ", marks.high);
	if (marks.low > marks.mid)
		return why.fail(errc::inval, "low", marks.low, " is above mid ", marks.mid);
	if (!marks.high)
		why.note("high", "is 0, so the scheme never works while any memory is free");
	return ok;
}

status validate_scheme(const scheme_inputs &config, const scheme_surroundings &in, report &why)
{
	TRY(validate_action(config.action, in.operations, why));
	TRY(validate_migration(config, in.operations, why));
	TRY(validate_quota(config.quota, in.operations, in.addr_unit, why));
	TRY(validate_watermarks(config.watermarks, why));
	return validate_filters(config, in, why);
}

} // namespace

status validate_node(s64 nid, text_view file, report &why)
{
	kapi_memory memory;

	// kapi_memory_of() takes -1 for the whole system.
	if (nid >= 0 && nid <= s64{u32_max / 2} && !kapi_memory_of(static_cast<s32>(nid), &memory))
		return ok;
	return why.fail(errc::inval, file, "there is no node ", nid, " with memory");
}

status validate_schemes(span<const scheme_inputs> schemes, const scheme_surroundings &in,
			report &why)
{
	for (u32 i = 0; i < schemes.size(); i++) {
		report::at here{why, "schemes", i};
		TRY(validate_scheme(schemes[i], in, why));
	}
	return ok;
}

} // namespace damon
