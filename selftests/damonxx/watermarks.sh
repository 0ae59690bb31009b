#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# watermarks.sh [NODE]
# Watermarks: a scheme is deactivated while there is enough free memory, works while there is less, and is deactivated again
# when there is hardly any; of the whole system, or of that node.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

# Permil of all memory, or of node $nid's.
free_permil() {
	if [ "$metric" = free_mem_rate ]; then
		awk '/^MemTotal:/ { total = $2 } /^MemFree:/ { print int($2 * 1000 / total) }' /proc/meminfo
	else
		awk '/MemTotal:/ { total = $4 } /MemFree:/ { free = $4 } END { print int(free * 1000 / total) }' \
			/sys/devices/system/node/node$nid/meminfo
	fi
}
total_mib() {
	if [ "$metric" = free_mem_rate ]; then
		awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo
	else
		awk '/MemTotal:/ { print int($4 / 1024) }' /sys/devices/system/node/node$nid/meminfo
	fi
}
# take PERMIL: hugetlb pages take so much, which comes and goes at once.
take() {
	echo $(($(total_mib) * $1 / 2000)) >"$pool" && is "$(cat "$pool")" $(($(total_mib) * $1 / 2000))
}
# How often the scheme went over its memory, in 2 s.
works() { works_from=$(stats nr_snapshots) && sleep $((2 * slow)) && at_least "$(stats nr_snapshots)" $((works_from + 5)); }
rests() { rests_from=$(stats nr_snapshots) && sleep $((2 * slow)) && is "$(stats nr_snapshots)" "$rests_from"; }

# What is free at first is above high; then between high and mid, below mid, and below low; and all the way back.
all_bands() {
	# What tests before this one have left goes now, not in between.
	need_idle
	sync
	echo 3 >/proc/sys/vm/drop_caches
	free=$(free_permil)
	diag "$metric${nid:+ of node $nid}: $free permil are free" >&3
	at_least "$free" 400 || return
	act stat $workload watermarks/metric=$metric ${nid:+watermarks/nid=$nid} watermarks/interval_us=100000 \
		watermarks/high=$((free - 60)) watermarks/mid=$((free - 120)) watermarks/low=$((free - 200)) || return
	rests || { echo "above high"; return 1; }
	take 90 && { rests || { echo "between high and mid, from above"; return 1; }; } || return
	take 160 && { works || { echo "between mid and low"; return 1; }; } || return
	take 90 && { works || { echo "between high and mid, from below"; return 1; }; } || return
	take 240 && { rests || { echo "below low"; return 1; }; } || return
	take 0 && { rests || { echo "above high again"; return 1; }; } || return
	put $scheme/watermarks/metric none && turn commit && works
}
# While everything rests, commands are served at once.
served() {
	act stat $workload watermarks/metric=$metric ${nid:+watermarks/nid=$nid} watermarks/interval_us=10000000 \
		watermarks/high=1 watermarks/mid=1 watermarks/low=0 && rests || return
	within 2 tryio $kdamond/state update_schemes_stats >/dev/null && within 2 tryio $kdamond/state commit >/dev/null || return
	refuses $kdamond/state update_schemes_tried_regions ECANCELED && within 2 tryio $kdamond/state off >/dev/null
}
# Deactivated, the kdamond looks at free memory ten times a second, and does nothing else.
costs_nothing() {
	act stat $workload watermarks/metric=$metric ${nid:+watermarks/nid=$nid} watermarks/interval_us=100000 \
		watermarks/high=1 watermarks/mid=1 watermarks/low=0 && rests || return
	cost_samples=$(samples) cost_ns=$(cpu_ns)
	sleep 20
	cost_ns=$(($(cpu_ns) - cost_ns)) cost_samples=$(($(samples) - cost_samples))
	diag "deactivated, the kdamond took $cost_samples samples and $((cost_ns / 1000)) us of processor time in 20 s" >&3
	is $cost_samples 0 && at_most $cost_ns $((20000000 * slow)) || return
	put $scheme/watermarks/metric none && turn commit || return
	cost_samples=$(samples) && sleep 2 && at_least "$(samples)" $((cost_samples + 100 / slow))
}
samples() { sed -n 's/^samples //p' $context/stats; }
cpu_ns() { cut -d ' ' -f 1 "/proc/$(cat $kdamond/pid)/schedstat"; }
# One scheme rests, the other one does not.
each_for_itself() {
	act stat $workload ../nr_schemes=2 && turn off || return
	for i in 0 1; do
		tryio -p $context/schemes/$i access_pattern/sz/max=$all access_pattern/nr_accesses/max=4294967295 \
			access_pattern/age/max=4294967295 || return
	done
	tryio -p $scheme watermarks/metric=$metric watermarks/high=1 watermarks/mid=1 watermarks/low=0 && turn on || return
	rests && at_least "$(cat $context/schemes/1/stats/nr_snapshots)" 5
}
need_module
exec 3>&1
metric=free_mem_rate nid='' pool=/proc/sys/vm/nr_hugepages
if [ -n "${1-}" ]; then
	metric=node_free_mem_rate nid=$1 pool=$nodes/node$1/hugepages/hugepages-2048kB/nr_hugepages
	[ -e "$pool" ] || skip_all "there is no node $1; run-in-vm has a machine with it"
fi
start_workload idle 8
check "schemes are deactivated and work in the right places" all_bands
check "while all are deactivated, commands are served" served
check "while all are deactivated, no sample is taken and the processor is left alone" costs_nothing
[ -n "$nid" ] || check "one is deactivated, another one works" each_for_itself
finish
