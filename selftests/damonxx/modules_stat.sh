#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# damonxx_stat: idle times, bandwidth and tuned intervals of a machine of which a known part is read once a second.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/modules.sh"

hot_mib=96

percentile() { get stat memory_idle_ms_percentiles | cut -d , -f $(($1 + 1)); }
sorted() { get stat memory_idle_ms_percentiles | tr , '\n' | sort -n -c; }
off() {
	really_off stat && get_is stat estimated_memory_bandwidth 0 && is "$(percentile 100)" 0 || return
	is "$(get stat memory_idle_ms_percentiles | tr , '\n' | wc -l)" 101
}
# All RAM that is on line.
all_mib() { system_ram | awk '{ sum += $2 - $1 } END { printf "%d", sum / 1048576 }'; }

# The first intervals see next to nothing of what is read once a second; each tuning doubles them at the most.
# 4 % of possible accesses are seen when 4 % of memory is accessed in a sample: 0.04 * all / hot of a pass.
tuned() {
	sleep $((120 * slow))
	tuned_us=$(get stat aggr_interval_us)
	expected_us=$((20 * 40000 * $(all_mib) / hot_mib * pass_ms / 1000))
	diag "the aggregation interval is $tuned_us us; that $expected_us sees 4 % of accesses follows from the workload" >&3
	within_a_fifth "$tuned_us" $expected_us
}
# The content_checker counts its passes; steps would disturb, as they read all that it has.
begin_passes() { intact a && passes_from=$(uptime_ms); }
end_passes() {
	passes_ms=$(($(uptime_ms) - passes_from))
	intact a || return
	passes=$(awk '$1 == "passes" { last = $2 } END { print last }' "$work/a")
}
bandwidth() {
	sum=0
	for _ in 1 2 3 4 5 6 7 8; do
		sum=$((sum + $(get stat estimated_memory_bandwidth) / 8))
		sleep $(($(get stat aggr_interval_us) / 1000000 + 1))
	done
	end_passes || return
	really=$((hot_mib * mib * passes / passes_ms * 1000))
	diag "$((really / mib)) MiB are read each second ($passes passes in $passes_ms ms), $((sum / mib)) found" >&3
	at_least "$passes" 100 && within_a_fifth $sum $really
}
# Most of this machine is idle since the module was enabled: not longer, and for most of the time.
idle_times() {
	idle_ms=$(($(uptime_ms) - passes_from))
	sorted || return
	diag "percentiles 0, 10, 30, 50, 100: $(percentile 0) $(percentile 10) $(percentile 30) $(percentile 50) $(percentile 100) of $idle_ms ms" >&3
	at_most "$(percentile 0)" -1 && at_least "$(percentile 50)" $((idle_ms / 2)) && at_most "$(percentile 100)" $idle_ms
}
share_in_use() {
	share=$((100 * hot_mib / $(all_mib)))
	share_found=$(get stat memory_idle_ms_percentiles | tr , '\n' | grep -c '^-')
	diag "$share percent of memory are accessed, $share_found found" >&3
	at_least "$share_found" $((share * 8 / 10)) && at_most "$share_found" $((share * 12 / 10 + 3))
}
fresh() { # not what was read before
	fresh_before=$(percentile 100) && sleep 30 && [ "$(percentile 100)" -gt "$fresh_before" ]
}
read_only() {
	for each in estimated_memory_bandwidth memory_idle_ms_percentiles aggr_interval_us kdamond_pid; do
		is "$(stat -c %a "$(parameter stat $each)")" 400 || return
	done
}

need_module_ko stat
exec 3>&1
check "off, all numbers are 0" off
check "results are for reading" read_only
pass_ms=1000
start_content_checker a --blocks --rest $pass_ms $hot_mib 1
begin_passes
set_to stat enabled=Y
check "it runs" really_runs stat
check "intervals are tuned until 4 % of accesses are seen" tuned
check "bandwidth is what is really read, within a fifth" bandwidth
check "idle times" idle_times
check "the share that is in use" share_in_use
check "numbers are as of the read" fresh
check "it can be unloaded while it runs" unload damonxx_stat
finish
