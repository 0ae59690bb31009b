#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# Watermarks: a scheme rests while there is enough free memory, works while there is less, and rests again when there
# is hardly any; of the whole system, or of one node.
# twice: free memory is the whole system's
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
# eat NAME PERMIL: a keeper takes so much.
eat() { start_keeper "$1" $bind 0 $(($(total_mib) * $2 / 1000)); }
# How often the scheme went over its memory, in 2 s.
works() { works_from=$(stats nr_snapshots) && sleep $((2 * slow)) && at_least "$(stats nr_snapshots)" $((works_from + 5)); }
rests() { rests_from=$(stats nr_snapshots) && sleep $((2 * slow)) && is "$(stats nr_snapshots)" "$rests_from"; }

# What is free at first is above high; then between high and mid, below mid, and below low; and all the way back.
all_bands() {
	# What tests before this one have left goes now, not in between.
	need_idle
	sync
	echo 3 >/proc/sys/vm/drop_caches
	sleep 3
	free=$(free_permil)
	diag "$metric${nid:+ of node $nid}: $free permil are free" >&3
	at_least "$free" 400 || return
	act stat $victim watermarks/metric=$metric ${nid:+watermarks/nid=$nid} watermarks/interval_us=100000 \
		watermarks/high=$((free - 60)) watermarks/mid=$((free - 120)) watermarks/low=$((free - 200)) || return
	rests || { echo "above high"; return 1; }
	eat some 75 && { rests || { echo "between high and mid, from above"; return 1; }; } || return
	eat more 70 && { works || { echo "between mid and low"; return 1; }; } || return
	end_keeper more
	diag "free: $(free_permil) permil" >&3
	works || { echo "between high and mid, from below"; return 1; }
	eat more 160 && { rests || { echo "below low"; return 1; }; } || return
	end_keeper more
	end_keeper some
	rests || { echo "above high again"; return 1; }
	put $scheme/watermarks/metric none && turn commit && works
}
# While everything rests, commands are served at once.
served() {
	act stat $victim watermarks/metric=$metric ${nid:+watermarks/nid=$nid} watermarks/interval_us=10000000 \
		watermarks/high=1 watermarks/mid=1 watermarks/low=0 && rests || return
	within 2 tryio $kdamond/state update_schemes_stats >/dev/null && within 2 tryio $kdamond/state commit >/dev/null || return
	refuses $kdamond/state update_schemes_tried_regions ECANCELED && within 2 tryio $kdamond/state off >/dev/null
}
# One scheme rests, the other one does not.
each_for_itself() {
	act stat $victim ../nr_schemes=2 && turn off || return
	for i in 0 1; do
		tryio -p $context/schemes/$i access_pattern/sz/max=$all access_pattern/nr_accesses/max=4294967295 \
			access_pattern/age/max=4294967295 || return
	done
	tryio -p $scheme watermarks/metric=$metric watermarks/high=1 watermarks/mid=1 watermarks/low=0 && turn on || return
	rests && at_least "$(cat $context/schemes/1/stats/nr_snapshots)" 5
}
need_module
exec 3>&1
# Else each CPU keeps tens of MiB of what is freed to itself, which does not count as free.
per_cpu=/proc/sys/vm/percpu_pagelist_high_fraction
echo 1000000 >$per_cpu
start_victim idle 8
metric=free_mem_rate nid='' bind=''
check "of the system: rests and works in the right places" all_bands
check "while all rests, commands are served" served
check "one rests, another one works" each_for_itself
if [ -e /sys/devices/system/node/node1 ]; then
	metric=node_free_mem_rate nid=1 bind='--node 1'
	check "of a node: rests and works in the right places" all_bands
else
	skip "of a node: rests and works in the right places" "there is only one node"
fi
echo 0 >$per_cpu
finish
