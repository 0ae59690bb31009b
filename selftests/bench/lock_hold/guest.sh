#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# guest.sh SECONDS TREES REGIONS: the guest's half of run.  Prints for each of TREES and each number of REGIONS "holds WHAT TREE
# REGIONS COUNT MEDIAN P99 MAX", times in ns: how long its kdamond held the mmap lock of the process that it monitors.
seconds=$1 trees=$2 counts=$3
trace=/sys/kernel/tracing

die() { echo "lock_hold: $*" >&2; exit 1; }
root_of() { echo "/sys/kernel/mm/$1/admin"; }

start() { # TREE PID REGIONS
	cd "$(root_of "$1")/kdamonds" && echo 1 >nr_kdamonds && echo 1 >0/contexts/nr_contexts && cd 0/contexts/0 &&
		echo vaddr >operations &&
		echo 5000 >monitoring_attrs/intervals/sample_us &&
		echo 100000 >monitoring_attrs/intervals/aggr_us &&
		echo 500000 >monitoring_attrs/intervals/update_us &&
		echo "$3" >monitoring_attrs/nr_regions/min &&
		echo $(($3 + $3 / 10)) >monitoring_attrs/nr_regions/max &&
		echo 1 >targets/nr_targets && echo "$2" >targets/0/pid_target &&
		echo on >../../state || die "$1 does not start."
	cd "$(root_of "$1")/kdamonds" || exit
}

# Acquired for reading, then released, by the same thread: the events come in pairs.
holds() { # WHAT TREE REGIONS
	awk '
	/mmap_lock_acquire_returned/ && /success=true/ { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+\.[0-9]+:$/) from = $i + 0; held = 1 }
	/mmap_lock_released/ && held { for (i = 1; i <= NF; i++) if ($i ~ /^[0-9]+\.[0-9]+:$/) printf "%.0f\n", ($i - from) * 1000000000; held = 0 }
	' $trace/trace | sort -n >/tmp/holds
	n=$(wc -l </tmp/holds)
	[ "$n" -gt 0 ] || die "no hold was seen: $1 $2 $3"
	echo "holds $1 $2 $3 $n $(sed -n "$((n / 2 + 1))p;$((n - n / 100))p;${n}p" /tmp/holds | tr '\n' ' ')"
}

measure() { # WHAT TREE PID REGIONS
	start "$2" "$3" "$4"
	sleep 1
	echo 0 >$trace/tracing_on
	echo 65536 >$trace/buffer_size_kb
	echo mono >$trace/trace_clock
	for event in acquire_returned released; do
		echo "common_pid == $(cat 0/pid)" >$trace/events/mmap_lock/mmap_lock_$event/filter || die "no events of the mmap lock"
		echo 1 >$trace/events/mmap_lock/mmap_lock_$event/enable
	done
	echo >$trace/trace
	echo 1 >$trace/tracing_on
	sleep "$seconds"
	echo 0 >$trace/tracing_on
	echo 0 >$trace/events/mmap_lock/enable
	holds "$1" "$2" "$4"
	echo off >0/state
	echo 0 >nr_kdamonds
}

[ -d $trace/events ] || mount -t tracefs tracefs $trace || die "no tracefs"
echo 300000 >/proc/sys/vm/max_map_count
hotspot --mib 512 --hot 24,16 --phases 1 --pause-us 4000 --out /tmp/truth &
hot=$!
workload vmas 50000 >/tmp/workload &
vmas=$!
until grep -q ^phase /tmp/truth 2>/dev/null && grep -q '^ready 0' /tmp/workload 2>/dev/null; do
	kill -0 $hot && kill -0 $vmas || die "a workload did not start."
	sleep 0.1
done
for tree in $trees; do
	for count in $counts; do
		measure "512_MiB" "$tree" $hot "$count"
		measure "$(wc -l </proc/$vmas/maps)_mappings" "$tree" $vmas "$count"
	done
done
kill $hot $vmas
exit 0
