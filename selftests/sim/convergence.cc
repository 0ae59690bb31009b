// SPDX-License-Identifier: GPL-2.0
// convergence [OPTION VALUE]...: runs convergence.hh and prints what came of it.
#include "selftests/sim/convergence.hh"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr char usage[] = "usage: convergence [OPTION VALUE]...\n"
			 "  --area-mib N     mapped memory (256)\n"
			 "  --ranges N       hot ranges (2)\n"
			 "  --hot-mib N      all of them together (40)\n"
			 "  --permil N       of the samples see an access to a hot page (1000)\n"
			 "  --moves N        how often they move (51)\n"
			 "  --max-regions N  (1000)\n"
			 "  --seed N         (1)\n";

bool set(sim::settings &s, const char *option, u64 value)
{
	const auto narrow = static_cast<u32>(value);

	if (!strcmp(option, "--area-mib"))
		s.area_mib = value;
	else if (!strcmp(option, "--ranges"))
		s.nr_hot = narrow;
	else if (!strcmp(option, "--hot-mib"))
		s.hot_mib = value;
	else if (!strcmp(option, "--permil"))
		s.permil = narrow;
	else if (!strcmp(option, "--moves"))
		s.moves = narrow;
	else if (!strcmp(option, "--max-regions"))
		s.max_nr_regions = value;
	else if (!strcmp(option, "--seed"))
		s.seed = value;
	else
		return false;
	return value > 0;
}

} // namespace

int main(int argc, char **argv)
{
	sim::settings s{.moves = 51};

	for (int i = 1; i < argc; i += 2)
		if (i + 1 == argc || !set(s, argv[i], strtoull(argv[i + 1], nullptr, 0))) {
			fputs(usage, stderr);
			return 2;
		}
	if (s.nr_hot == 0 || s.hot_mib * 4 > s.area_mib) {
		fputs("convergence: at most a quarter of the area can be hot\n", stderr);
		return 2;
	}
	host::reset();
	host::seed(s.seed);
	const sim::results found = sim::convergence{s}.run();
	printf("%u hot ranges in %llu of %llu MiB, %u moves: found again after %llu ms (median), "
	       "%llu to %llu; "
	       "settled: right in %llu of %llu aggregations, %.0f probes a sample\n",
	       s.nr_hot, s.hot_mib, s.area_mib, s.moves, found.median_us() / 1000,
	       found.found_after_us.front() / 1000, found.found_after_us.back() / 1000,
	       found.aggregations_right, found.aggregations_judged, found.checks_per_sample);
	return 0;
}
