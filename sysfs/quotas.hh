// SPDX-License-Identifier: GPL-2.0
// schemes/<S>/quotas: limits of the scheme, and priorities within them.
#pragma once
#include "schemes/scheme_inputs.hh"
#include "sysfs/goals.hh"
#include "sysfs/refresh.hh"

namespace damon {

inline constexpr cell priority_weights_cells[] = {
	uint_cell("sz_permil", "No effect, as in DAMON."),
	uint_cell("nr_accesses_permil", "Weight of the access count of a region."),
	uint_cell("age_permil", "Weight of the age of a region."),
};
extern kind priority_weights_kind;

inline constexpr cell quotas_cells[] = {
	einval_only(ulong_cell("ms",
		"Time quota: milliseconds per quota window that the kdamond spends on the scheme.  "
		"0: unlimited.")),
	einval_only(ulong_cell("bytes",
		"Size quota: bytes per quota window, in units of ``addr_unit``; at least a page.  "
		"0: unlimited.")),
	einval_only(ulong_cell("reset_interval_ms",
		"Length of a quota window in milliseconds.  0: a window each time the scheme is "
		"applied.")),
	live(read_only(ulong_cell("effective_bytes",
		"Effective size quota in units of ``addr_unit``: what the time quota, the size "
		"quota and the goals together allow now.")), refresh_results),
	keyword_cell("goal_tuner",
		"How the score of the goals becomes a size quota.  ``consist``: find the quota "
		"that keeps the goal reached; ``temporal``: everything until the goal is reached, "
		"then nothing; ``proportional``: less the nearer the goal is.",
		goal_tuner_names),
	einval_only(uint_cell("fail_charge_num",
		"Numerator of the share of bytes without success that is charged to the quota.")),
	einval_only(uint_cell("fail_charge_denom",
		"Denominator of this share.  0: all bytes are charged.")),
};
inline constexpr fixed_child quotas_children[] = {
	{"weights", &priority_weights_kind},
	{"goals", &goals_kind},
};
extern kind quotas_kind;

// Builds the quota from the staged values in @dir, a quotas directory whose bytes are in units of
// @unit bytes.  inval or opnotsupp with the reason in @why; nomem.
result<quota_inputs> build_quota(const tree_guard &tree, const node &dir, u64 unit, report &why);
// Builds only its goals.  inval if there are goals, all without a target value, and neither ms nor
// bytes limits the scheme.
result<vec<goal>> build_quota_goals(const tree_guard &tree, const node &dir, report &why);

// Writes the effective quotas in @all, by scheme index, to the directories that exist in @schemes.
void put_effective_quotas(const tree_guard &tree, node &schemes, span<const scheme_stats> all);

} // namespace damon
