#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# 10,000 regions: all are told, quickly, and again.  Fewer where everything is slow.
. "$(dirname "$0")/lib.sh"

regions=$((10000 / slow))

# timed COMMAND...: sets took_ms
timed() {
	began_ms=$(uptime_ms)
	"$@" || return
	took_ms=$(($(uptime_ms) - began_ms))
}

directories() { find $tried -mindepth 1 -maxdepth 1 -type d | wc -l; }

# Sorted, no overlap, of whole pages, and together what total_bytes says.
consistent() {
	tried $tried >"$work/tried" || return
	at_least "$(wc -l <"$work/tried")" $regions && is "$(directories)" "$(wc -l <"$work/tried")" || return
	awk -v total="$(cat $tried/total_bytes)" '
	$1 >= $2 || $1 < last || $1 % 4096 || $2 % 4096 { print "line " NR ": " $0 " after " last; bad = 1; exit }
	{ last = $2; sum += $2 - $1 }
	END { if (!bad && sum != total) { printf "the sum is %.0f, total_bytes %.0f\n", sum, total; bad = 1 }; exit bad }
	' "$work/tried"
}

kernfs() { awk '$1 == "kernfs_node_cache" { print $2 }' /proc/slabinfo; }

need_module
start_workload idle 64
before=$(kernfs)
check "monitoring with $regions regions at least" monitor "$workload" $sample_us=10000 $aggr_us=100000 \
	$min_regions=$regions $max_regions=$((regions * 6 / 5))
check "the first update" timed turn update_schemes_tried_regions
diag "update_schemes_tried_regions, directories made: $took_ms ms"
check "$regions directories: sorted, no overlap, sizes sum to total_bytes" consistent
check "what is told is all there is to monitor" is "$(cat $tried/total_bytes)" "$(bytes_of "$workload")"

# An open file of a directory that was made anew would be dead.
exec 4<$tried/$((regions - 1))/start
first_ms=$took_ms
check "the second update" timed turn update_schemes_tried_regions
diag "again: $took_ms ms"
check "it keeps the directories" test "$(cat <&4)" -gt 0
exec 4<&-
check "and tells all" consistent
check "it takes no longer than making them" at_most $took_ms $((first_ms + 100 * slow))

check "clear" timed turn clear_schemes_tried_regions
diag "clear_schemes_tried_regions: $took_ms ms"
check "nothing is left" is "$(directories) $(cat $tried/total_bytes)" "0 0"

check "totals only" timed turn update_schemes_tried_bytes
diag "update_schemes_tried_bytes: $took_ms ms"
check "the same sum, and no directory" is "$(directories) $(cat $tried/total_bytes)" "0 $(bytes_of "$workload")"

check "the kdamond goes on" goes_on
turn off >/dev/null
need_idle

# Inodes of removed files, and objects on their way back, still count.
kernfs_at_most() {
	echo 2 >/proc/sys/vm/drop_caches
	echo 1 >/sys/kernel/slab/kernfs_node_cache/shrink
	at_most "$(kernfs)" "$1"
}
if [ -e /sys/kernel/slab/kernfs_node_cache/shrink ]; then
	check "the directories' memory is given back" wait_until 10 kernfs_at_most $((before + 1000))
fi
diag "objects of kernfs: $before before, $(kernfs) after"
finish
