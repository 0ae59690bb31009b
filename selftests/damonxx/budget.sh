#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# A kdamond with 10,000 regions that may use 20 permil of a processor: it keeps to that by the kernel's own
# account, and finds what is hot.  Fewer regions where everything is slow.
. "$(dirname "$0")/lib.sh"

regions=$((10000 / slow))
permil=20

# Milliseconds of processor time that the kdamond has had, going by /proc.
kdamond_cpu_ms() { awk '{ printf "%.0f", ($14 + $15) * 10 }' /proc/"$(cat $kdamond/pid)"/stat; }

# /proc counts in ticks: two of them may be from before.
keeps_to_budget() { # SECONDS
	cpu_before=$(kdamond_cpu_ms) time_before=$(uptime_ms) own_before=$(kdamond_stat cpu_ns)
	sleep "$1"
	cpu=$(($(kdamond_cpu_ms) - cpu_before)) time=$(($(uptime_ms) - time_before))
	own=$((($(kdamond_stat cpu_ns) - own_before) / 1000000))
	at_most $cpu $((time * permil / 1000 + 20)) && at_most $own $((time * permil / 1000 + 10))
}

# shellcheck disable=SC2086 # Two numbers.
found_hot() { turn update_schemes_tried_regions && at_least "$(found_in $hot)" 700; }
# shellcheck disable=SC2086
found_cold() { turn update_schemes_tried_regions && at_most "$(found_in $cold)" 100; }

# The share of any second, but for what one sample and the end of an aggregation took more than was left: that is less than
# the most it took within 5 ms.
any_second() { # BUSIEST-SECOND-US MOST-IN-5-MS-US ALL-US
	diag "$1 us in the busiest second, $2 us in the busiest 5 ms" >&3
	at_most "$1" $((permil * 1000 + $2)) && at_least "$3" $((permil * 1000))
}

need_module
exec 3>&1
start_workload busy 64
hot=$(said hot) cold=$(said cold)
check "monitoring without a budget" monitor "$workload" $sample_us=5000 $aggr_us=100000 \
	$min_regions=$regions $max_regions=$((regions * 6 / 5))
sleep 3
diag "without a budget: $(kdamond_stat cpu_permil) permil, $(kdamond_stat checks_per_sample) checks a sample, $(kdamond_cpu_ms) ms so far"
without=$(kdamond_cpu_ms)
check "it takes more than the budget to come" at_least "$without" $((permil * 3 + 20))
check "off" turn off
busiest $kdamond/pid 3 5 >"$work/start" 2>&1 &
observer=$!
children="$children $observer"
check "on with a budget of $permil permil" eval 'put $attrs/cpu_permil $permil && turn on'
wait $observer
# shellcheck disable=SC2046
check "in none of its first seconds it takes more" any_second $(cat "$work/start")
busiest $kdamond/pid 10 5 >"$work/steady" 2>&1 &
observer=$!
children="$children $observer"
check "the kdamond keeps to it for 10 s" keeps_to_budget 10
diag "with it: $cpu ms in $time ms, by its own account $own ms, $(kdamond_stat checks_per_sample) checks a sample, $(kdamond_stat nr_regions) regions"
wait $observer
# shellcheck disable=SC2046
check "nor in any of these" any_second $(cat "$work/steady")
check "not all regions are looked at in a sample" at_least "$(kdamond_stat probes_skipped)" "$regions"
check "the hot range is found" wait_until 60 found_hot
check "and the cold one is not called hot" wait_until 60 found_cold
check "off" turn off
diag "$(tr '\n' ' ' <$context/stats)"
check "a budget of more than a processor is refused" put $attrs/cpu_permil 1001
check "when it is turned on" refuses $kdamond/state on EINVAL
check "with the reason" is "$(last_error)" "contexts/0/monitoring_attrs/cpu_permil: 1001 is above 1000"
finish
