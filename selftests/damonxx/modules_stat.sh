#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# damonxx_stat: idle times and bandwidth of a machine of which a known part is in use.
# twice: what is sampled varies
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/special.sh"

hot_mib=96

percentile() { get stat memory_idle_ms_percentiles | cut -d , -f $(($1 + 1)); }
sorted() { get stat memory_idle_ms_percentiles | tr , '\n' | sort -n -c; }
off() {
	really_off stat && get_is stat estimated_memory_bandwidth 0 && is "$(percentile 100)" 0 || return
	is "$(get stat memory_idle_ms_percentiles | tr , '\n' | wc -l)" 101
}
idle_times() {
	idle_s=10
	sleep $idle_s
	sorted || return
	diag "percentiles 0, 10, 30, 50, 100: $(percentile 0) $(percentile 10) $(percentile 30) $(percentile 50) $(percentile 100)" >&3
	# The least is in use, and most of this machine is not, since it was enabled: not longer, and for most of the time.
	[ "$(percentile 0)" -lt 0 ] || return
	at_least "$(percentile 90)" $((idle_s * 1000 / 2)) && at_most "$(percentile 100)" $(((idle_s + 30) * 1000 * slow))
}
# How much is in use: 256 MiB, of all RAM that is on line.
share_in_use() {
	share_all=$(system_ram | awk '{ sum += $2 - $1 } END { printf "%d", sum / 1048576 }')
	share=$((100 * hot_mib / share_all))
	share_found=$(get stat memory_idle_ms_percentiles | tr , '\n' | grep -c '^-')
	diag "$share percent of memory are accessed, $share_found found" >&3
	at_least "$share_found" $((share * 6 / 10)) && at_most "$share_found" $((share * 16 / 10 + 3))
}
bandwidth() { at_least "$(get stat estimated_memory_bandwidth)" $((hot_mib * mib)); }
interval() { at_least "$(get stat aggr_interval_us)" 100000 && at_most "$(get stat aggr_interval_us)" 200000000; }
fresh() { # not what was read before
	fresh_before=$(percentile 100) && sleep 5 && [ "$(percentile 100)" -gt "$fresh_before" ]
}
read_only() {
	for each in estimated_memory_bandwidth memory_idle_ms_percentiles aggr_interval_us kdamond_pid; do
		is "$(stat -c %a "$(parameter stat $each)")" 400 || return
	done
}

need_special stat
exec 3>&1
check "off, all numbers are 0" off
check "results are for reading" read_only
start_keeper a --blocks $hot_mib 1
set_to stat enabled=Y
check "it runs" really_runs stat
check "idle times" idle_times
check "the share that is in use" share_in_use
check "bandwidth" bandwidth
check "the tuned interval" interval
check "numbers are as of the read" fresh
check "it can be unloaded while it runs" unload damonxx_stat
finish
