// SPDX-License-Identifier: GPL-2.0
#include "core/kdamond/api_inputs.hh"

namespace damon {

namespace {

// The enums of damonxx.h have the values of the core's enums.
static_assert(static_cast<u32>(operations_id::paddr) == DAMONXX_PADDR);
static_assert(static_cast<u32>(action::stat) == DAMONXX_STAT);
static_assert(static_cast<u32>(action::pageout) == DAMONXX_PAGEOUT);
static_assert(static_cast<u32>(action::lru_prio) == DAMONXX_LRU_PRIO);
static_assert(static_cast<u32>(action::migrate_cold) == DAMONXX_MIGRATE_COLD);
static_assert(static_cast<u32>(filter_type::young) == DAMONXX_FILTER_YOUNG);
static_assert(static_cast<u32>(filter_type::node) == DAMONXX_FILTER_NODE);
static_assert(static_cast<u32>(filter_type::probe_hits_wsum) == DAMONXX_FILTER_PROBE_HITS_WSUM);
static_assert(static_cast<u32>(goal_metric::some_mem_psi_us) == DAMONXX_SOME_MEM_PSI_US);
static_assert(static_cast<u32>(goal_metric::inactive_mem_bp) == DAMONXX_INACTIVE_MEM_BP);
static_assert(static_cast<u32>(goal_metric::node_sys_bp) == DAMONXX_NODE_SYS_BP);
static_assert(static_cast<u32>(goal_direction::lower) == DAMONXX_LOWER);
static_assert(static_cast<u32>(goal_tuner::proportional) == DAMONXX_PROPORTIONAL);
static_assert(static_cast<u32>(watermark_metric::node_free_mem_rate) == DAMONXX_NODE_FREE_MEM_RATE);
static_assert(static_cast<u32>(attribute::hugepage_size) == DAMONXX_ATTRIBUTE_HUGEPAGE_SIZE);

// Converts @number to an enumerator up to @last.
template <typename Enum>
result<Enum> enumerator(u32 number, Enum last, text_view where, report &why)
{
	if (number > static_cast<u32>(last))
		return why.fail(errc::inval, where, number, " is invalid");
	return static_cast<Enum>(number);
}

// Converts a range from units to bytes.
result<addr_range> to_bytes(const damonxx_range &range, u64 unit, report &why)
{
	addr_range bytes;

	if (__builtin_mul_overflow(range.start, unit, &bytes.start) ||
	    __builtin_mul_overflow(range.end, unit, &bytes.end))
		return why.fail(errc::inval, "end", range.end, " units are beyond all addresses");
	return bytes;
}

monitoring_attrs build_attrs(const damonxx_settings &settings)
{
	return {
		.sample_us = settings.sample_us,
		.aggr_us = settings.aggr_us,
		.update_us = settings.update_us,
		.min_nr_regions = settings.min_nr_regions,
		.max_nr_regions = settings.max_nr_regions,
		.goal = {.access_bp = settings.goal_access_bp,
			 .aggrs = settings.goal_aggrs,
			 .min_sample_us = settings.goal_min_sample_us,
			 .max_sample_us = settings.goal_max_sample_us},
		.cpu_permil = settings.cpu_permil,
	};
}

result<attribute_probe> build_probe(const damonxx_probe &wanted, report &why)
{
	attribute_probe probe;

	probe.weight = wanted.weight;
	probe.sets_idle = wanted.sets_idle;
	TRY(probe.filters.reserve(wanted.nr_filters));
	for (u32 i = 0; i < wanted.nr_filters; i++) {
		const damonxx_probe_filter &from = wanted.filters[i];
		report::at here{why, "filters", i};
		probe.filters.push({
			.type = TRY(enumerator(from.type, attribute::hugepage_size, "type", why)),
			.matching = from.matching,
			.allow = from.allow,
			.memcg = from.memcg,
			.size_bytes = {.min = from.min, .max = from.max},
		});
	}
	return probe;
}

result<target_inputs> build_target(const damonxx_target &wanted, const inputs &of, report &why)
{
	target_inputs in;

	in.pid_number = wanted.pid;
	in.obsolete = wanted.obsolete;
	// The process of an obsolete target may have exited already.
	if (in.obsolete)
		return in;
	if (of.operations != operations_id::paddr)
		in.pid = pid_ref{kapi_pid_get(wanted.pid)};
	TRY(in.ranges.reserve(wanted.nr_ranges));
	for (u32 i = 0; i < wanted.nr_ranges; i++) {
		report::at here{why, "regions", i};
		in.ranges.push(TRY(to_bytes(wanted.ranges[i], of.addr_unit, why)));
	}
	return in;
}

result<filter> build_filter(const damonxx_filter &wanted, u32 number, u64 unit, report &why)
{
	report::at here{why, "filters", number};

	return filter{
		.type = TRY(enumerator(wanted.type, filter_type::probe_hits_wsum, "type", why)),
		.matching = wanted.matching,
		.allow = wanted.allow,
		.memcg = wanted.memcg,
		.range = TRY(to_bytes(wanted.range, unit, why)),
		.limits = {.min = wanted.min, .max = wanted.max},
		.target_index = wanted.target_index,
		.number = number,
	};
}

result<goal> build_goal(const damonxx_goal &wanted, u32 number, report &why)
{
	report::at here{why, "goals", number};

	return goal{
		.metric = TRY(enumerator(wanted.metric, goal_metric::node_sys_bp, "target_metric",
					 why)),
		.direction = TRY(enumerator(wanted.direction, goal_direction::lower, "direction",
					    why)),
		.nid = wanted.nid,
		.memcg = wanted.memcg,
		.target_value = wanted.target_value,
		.current_value = wanted.current_value,
		.number = number,
	};
}

result<quota_inputs> build_quota(const damonxx_quota &wanted, u64 unit, report &why)
{
	report::at here{why, "quotas"};
	quota_inputs quota;

	quota.ms = wanted.ms;
	quota.bytes = saturating_mul(wanted.size, unit);
	quota.reset_interval_ms = wanted.reset_interval_ms;
	quota.pool = wanted.pool;
	quota.weights = {.size = wanted.size_weight,
			 .nr_accesses = wanted.nr_accesses_weight,
			 .age = wanted.age_weight};
	quota.tuner = TRY(enumerator(wanted.tuner, goal_tuner::proportional, "goal_tuner", why));
	quota.fail_charge_num = wanted.fail_charge_num;
	quota.fail_charge_denom = wanted.fail_charge_denom;
	TRY(quota.goals.reserve(wanted.nr_goals));
	for (u32 i = 0; i < wanted.nr_goals; i++)
		quota.goals.push(TRY(build_goal(wanted.goals[i], i, why)));
	return quota;
}

result<watermarks> build_watermarks(const damonxx_watermarks &wanted, report &why)
{
	report::at here{why, "watermarks"};

	return watermarks{
		.metric = TRY(enumerator(wanted.metric, watermark_metric::node_free_mem_rate,
					 "metric", why)),
		.nid = wanted.nid,
		.interval_us = wanted.interval_us,
		.high = wanted.high,
		.mid = wanted.mid,
		.low = wanted.low,
	};
}

status add_filters(scheme_inputs &in, const damonxx_scheme &wanted, u64 unit, report &why)
{
	for (u32 i = 0; i < wanted.nr_filters; i++) {
		const filter one = TRY(build_filter(wanted.filters[i], i, unit, why));
		TRY((is_for_regions(one.type) ? in.core_filters : in.ops_filters).try_push(one));
	}
	return ok;
}

// Not inline: together with its callers its frame would be too large for a kernel stack.
[[gnu::noinline]] result<scheme_inputs> build_scheme(const damonxx_scheme &wanted, u64 unit,
						     report &why)
{
	scheme_inputs in;

	in.action = TRY(enumerator(wanted.action, action::stat, "action", why));
	in.target_nid = wanted.target_nid;
	in.pattern = {
		.size_bytes = {saturating_mul(wanted.min_size, unit),
			       saturating_mul(wanted.max_size, unit)},
		.nr_accesses = {wanted.min_nr_accesses, wanted.max_nr_accesses},
		.age = {wanted.min_age, wanted.max_age},
	};
	in.apply_interval_us = wanted.apply_interval_us;
	in.max_nr_snapshots = wanted.max_nr_snapshots;
	in.rest_ms = wanted.rest_ms;
	TRY(in.destinations.reserve(wanted.nr_destinations));
	for (u32 i = 0; i < wanted.nr_destinations; i++)
		in.destinations.push({wanted.destinations[i].nid, wanted.destinations[i].weight});
	in.quota = TRY(build_quota(wanted.quota, unit, why));
	in.watermarks = TRY(build_watermarks(wanted.watermarks, why));
	TRY(add_filters(in, wanted, unit, why));
	return in;
}

[[gnu::noinline]] status add_parts(inputs &in, const damonxx_settings &settings, report &why)
{
	TRY(in.probes.reserve(settings.nr_probes));
	for (u32 i = 0; i < settings.nr_probes; i++) {
		report::at attrs_here{why, "monitoring_attrs"};
		report::at here{why, "probes", i};
		in.probes.push(TRY(build_probe(settings.probes[i], why)));
	}
	TRY(in.targets.reserve(settings.nr_targets));
	for (u32 i = 0; i < settings.nr_targets; i++) {
		report::at here{why, "targets", i};
		in.targets.push(TRY(build_target(settings.targets[i], in, why)));
	}
	TRY(in.schemes.reserve(settings.nr_schemes));
	for (u32 i = 0; i < settings.nr_schemes; i++) {
		report::at here{why, "schemes", i};
		in.schemes.push(TRY(build_scheme(settings.schemes[i], in.addr_unit, why)));
	}
	return ok;
}

} // namespace

result<inputs> build_inputs(const damonxx_settings &settings, report &why)
{
	inputs in;

	if (settings.version != DAMONXX_API_VERSION)
		return why.fail(errc::inval, "version", settings.version,
				" does not match API version ", DAMONXX_API_VERSION);
	in.operations = TRY(enumerator(settings.operations, operations_id::paddr, "operations", why));
	// Only physical addresses are in units.
	in.addr_unit = in.operations == operations_id::paddr ? settings.addr_unit : 1;
	in.paused = settings.paused;
	in.attrs = build_attrs(settings);
	TRY(add_parts(in, settings, why));
	return in;
}

} // namespace damon
