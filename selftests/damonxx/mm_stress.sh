#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# mm_stress.sh [--actions]
# Two processes and all of physical memory are monitored at short intervals, and with --actions all actions are taken on
# them, while the processes fork, execute, unmap
# everything, split and collapse huge pages, swap, merge, move and truncate, and while memory blocks go off line and
# come back and memory is compacted.
. "$(dirname "$0")/lib.sh"

seconds=${MM_STRESS_S:-$((slow > 1 ? 40 : 20))}
disk=''
ksm=/sys/kernel/mm/ksm/run

swap_on_zram() {
	[ -e /sys/class/zram-control ] || modprobe zram num_devices=0 2>/dev/null
	[ -e /sys/class/zram-control/hot_add ] || return
	disk=$(cat /sys/class/zram-control/hot_add)
	echo 128M >/sys/block/zram$disk/disksize && mkswap /dev/zram$disk && swapon /dev/zram$disk
}
swap_off() {
	[ -n "$disk" ] || return 0
	swapoff /dev/zram$disk
	echo "$disk" >/sys/class/zram-control/hot_remove
}

# Two blocks that can be given up at any time, and that the processes use first: of zone Movable, where the machine can plug
# memory in.
plug_movable() {
	command -v plug >/dev/null || return 0
	online_as=$(cat $auto_online)
	echo online_movable >$auto_online
	plug mm_stress$$ 256 0 && wait_until 30 has_movable
	movable_status=$?
	echo "$online_as" >$auto_online
	return $movable_status
}
auto_online=/sys/devices/system/memory/auto_online_blocks
has_movable() { [ "$(cat /sys/devices/system/memory/memory*/valid_zones 2>/dev/null | grep -c '^Movable')" -ge 2 ]; }

# Blocks of memory go away and come back, from the last one on, until the file is gone.
plug_and_unplug() { # FILE
	plugged=0 refused=0
	while [ -e "$1" ]; do
		for block in $(printf '%s\n' /sys/devices/system/memory/memory* | sort -t y -k 5 -n -r | head -n 4); do
			if echo offline >"$block/state" 2>/dev/null; then
				sleep 0.05
				echo online >"$block/state" 2>/dev/null || echo "block ${block##*/} stays off line"
				plugged=$((plugged + 1))
			else
				refused=$((refused + 1))
			fi
			echo 1 >/proc/sys/vm/compact_memory 2>/dev/null
			[ -e "$1" ] || break
		done
		sleep 0.1
	done
	echo "plugged $plugged $refused"
}

short="monitoring_attrs/intervals/sample_us=$((1000 * slow)) monitoring_attrs/intervals/aggr_us=$((10000 * slow))"
short="$short monitoring_attrs/intervals/update_us=$((50000 * slow))"
# The first scheme is for all memory; the others, each with its action, are limited so that something is left to do.
# scheme_of NUMBER ACTION...
scheme_of() {
	echo "schemes/$1/access_pattern/sz/max=18446744073709551615 schemes/$1/access_pattern/nr_accesses/max=4294967295
		schemes/$1/access_pattern/age/max=4294967295 schemes/$1/action=$2"
	[ "$2" = stat ] || echo "schemes/$1/quotas/bytes=$((16 << 20)) schemes/$1/quotas/reset_interval_ms=$((500 * slow))"
	case $2 in
	migrate*) echo "schemes/$1/target_nid=$3" ;;
	esac
}
schemes_of() { # ACTION...
	echo "schemes/nr_schemes=$#"
	schemes_nid=0 schemes_number=0
	for each; do
		scheme_of $schemes_number "$each" $schemes_nid
		schemes_number=$((schemes_number + 1)) schemes_nid=$((1 - schemes_nid))
	done
}
of_processes=$(schemes_of stat) of_frames=$of_processes
if [ "${1-}" = --actions ]; then
	migrations=
	[ ! -d /sys/devices/system/node/node1 ] || migrations='migrate_hot migrate_cold'
	# shellcheck disable=SC2086
	of_processes=$(schemes_of stat pageout cold willneed hugepage collapse nohugepage $migrations)
	# shellcheck disable=SC2086
	of_frames=$(schemes_of stat pageout lru_prio lru_deprio $migrations)
fi

start_both() {
	tryio -p $kdamonds nr_kdamonds=2 0/contexts/nr_contexts=1 1/contexts/nr_contexts=1 || return
	# shellcheck disable=SC2086
	tryio -p $context $short targets/nr_targets=2 targets/0/pid_target="$first" targets/1/pid_target="$second" $of_processes || return
	# shellcheck disable=SC2086
	tryio -p $kdamonds/1/contexts/0 $short operations=paddr targets/nr_targets=1 $of_frames || return
	put $kdamond/state on && put $kdamonds/1/state on
}
ended() { ! kill -0 "$1" 2>/dev/null; }
read_results() {
	for each in $kdamonds/[01]; do
		put "$each"/state update_schemes_tried_regions && put "$each"/state update_schemes_stats || return
	done
}
# Each scheme, and so its action, was tried on something.
all_tried() {
	for each in $kdamonds/[01]/contexts/0/schemes/[0-9]*; do
		at_least "$(cat "$each"/stats/sz_tried)" 1 || { echo "$each"; return 1; }
	done
}
applied_kib() {
	for each in $kdamonds/[01]/contexts/0/schemes/[0-9]*; do
		printf ' %s:%d' "$(cat "$each"/action)" $(($(cat "$each"/stats/sz_applied) >> 10))
	done
}
# For $seconds, and where all is slow until each scheme had its turn.
results_are_read() {
	end=$(($(uptime_ms) + seconds * 1000)) latest=$((end + 120000 * slow))
	until [ "$(uptime_ms)" -ge $end ] && all_tried >/dev/null; do
		! ended "$first" && ! ended "$second" || { both_end_well; return 1; }
		read_results || return
		[ "$(uptime_ms)" -lt $latest ] || break
		sleep 0.2
	done
}
both_end_well() {
	kill -TERM "$first" "$second"
	ended_well "$first" && ended_well "$second"
}
ended_well() { # PID
	wait "$1" && return
	echo "process $1 ended with $?; of the kernel's log:"
	dmesg | tail -n +$((log_mark + 1)) | grep -E 'segfault|oom|Killed|mm_stress' | tail -n 6
	return 1
}
paddr_goes_on() (
	kdamond=$kdamonds/1 scheme=$kdamonds/1/contexts/0/schemes/0
	goes_on
)
all_operations() { # FILE: each was done
	at_least "$(grep -c '^operation' "$1")" 11 && ! awk '$1 == "operation" && $3 == 0' "$1" | grep .
}

need_module
check "there is swap, in compressed memory" swap_on_zram
check "there is memory that can be given up" plug_movable
[ ! -e $ksm ] || echo 1 >$ksm
mm_stress 1 >"$work/first" 2>&1 &
first=$!
mm_stress 2 >"$work/second" 2>&1 &
second=$!
children="$first $second"
wait_until 30 grep -q -s ready "$work/first" && wait_until 30 grep -q -s ready "$work/second" || bail_out "no mm_stress"
touch "$work/plugging"
plug_and_unplug "$work/plugging" >"$work/plugged" 2>&1 &
plugger=$!
check "two processes and physical memory are monitored" start_both
check "results are read all the time" results_are_read
check "all schemes were tried" all_tried
diag "KiB applied:$(applied_kib)"
check "the processes end when told to, and well" both_end_well
check "physical memory goes on" paddr_goes_on
rm "$work/plugging"
wait $plugger
sed 's/^/# /' "$work/first" "$work/plugged"
check "everything was done by the first" all_operations "$work/first"
check "everything was done by the second" all_operations "$work/second"
went_off() {
	at_least "$(sed -n 's/^plugged \([0-9]*\) .*/\1/p' "$work/plugged")" 1 && ! grep 'stays off line' "$work/plugged"
}
check "memory blocks went off line and came back" went_off
[ ! -e $ksm ] || echo 2 >$ksm
check "both end" need_idle
check "swap ends" swap_off
check "no page counts as isolated any more" none_isolated
finish
