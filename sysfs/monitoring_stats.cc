// SPDX-License-Identifier: GPL-2.0
// contexts/<C>/stats
#include "sysfs/kdamonds.hh"

namespace damon {

// Called without the lock of the tree, as read_monitoring() may have to wait for the kdamond.
status show_monitoring_stats(node &dir, text_writer &out)
{
	const session_ref held = TRY(hold_current(dir, *dir.above(kdamond_kind)));
	const monitoring_stats stats =
		held ? held.get()->core->read_monitoring() : monitoring_stats{};
	const struct {
		const char *name;
		u64 value;
	} lines[] = {
		{"samples", stats.samples},
		{"samples_missed", stats.samples_missed},
		{"samples_skipped", stats.samples_skipped},
		{"probes_checked", stats.checked()},
		{"probes_accessed", stats.outcomes[KAPI_ACCESSED]},
		{"probes_idle", stats.outcomes[KAPI_IDLE]},
		{"probes_absent", stats.outcomes[KAPI_ABSENT]},
		{"probes_busy", stats.outcomes[KAPI_BUSY]},
		{"probes_skipped", stats.probes_skipped},
		{"cpu_ns", stats.cpu_ns},
		{"cpu_permil", stats.cpu_permil},
		{"nr_regions", stats.nr_regions},
		{"windows", stats.aggregations},
		{"sample_us", stats.sample_us},
		{"aggr_us", stats.aggr_us},
		{"checks_per_sample", stats.checks_per_sample},
	};

	for (const auto &line : lines)
		out << line.name << ' ' << line.value << '\n';
	return ok;
}

} // namespace damon
