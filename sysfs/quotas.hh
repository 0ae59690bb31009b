// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/quotas: how much the scheme may do, and what it is to do first.
#pragma once
#include "schemes/scheme_inputs.hh"
#include "sysfs/goals.hh"
#include "sysfs/refresh.hh"

namespace damon {

inline constexpr cell priority_weights_cells[] = {
	uint_cell("sz_permil"),
	uint_cell("nr_accesses_permil"),
	uint_cell("age_permil"),
};
extern kind priority_weights_kind;

inline constexpr cell quotas_cells[] = {
	einval_only(ulong_cell("ms")),
	einval_only(ulong_cell("bytes")),
	einval_only(ulong_cell("reset_interval_ms")),
	live(read_only(ulong_cell("effective_bytes")), refresh_results),
	keyword_cell("goal_tuner", goal_tuner_names),
	einval_only(uint_cell("fail_charge_num")),
	einval_only(uint_cell("fail_charge_denom")),
};
inline constexpr fixed_child quotas_children[] = {
	{"weights", &priority_weights_kind},
	{"goals", &goals_kind},
};
extern kind quotas_kind;

// From the staged values below @dir, a quotas directory, with bytes in units of so many.
// inval or opnotsupp with the reason in @why; nomem.  Gate held.
result<quota_inputs> build_quota(const node &dir, u64 unit, report &why);
// Its goals alone; if there are some and none can be used, something else has to limit the
// scheme: inval.
result<vec<goal>> build_quota_goals(const node &dir, report &why);

// Shows what the quotas of @all allow, by scheme index, where a directory for it exists below
// @schemes.  Gate held.
void put_effective_quotas(node &schemes, span<const scheme_stats> all);

} // namespace damon
