#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Two processes and all of physical memory are monitored at short intervals, while the processes fork, execute, unmap
# everything, split and collapse huge pages, swap, merge, move and truncate, and while memory blocks go off line and
# come back and memory is compacted.
. "$(dirname "$0")/lib.sh"

seconds=${UPHEAVAL_S:-$((slow > 1 ? 40 : 20))}
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
all_that="schemes/nr_schemes=1 schemes/0/access_pattern/sz/max=18446744073709551615
	schemes/0/access_pattern/nr_accesses/max=4294967295 schemes/0/access_pattern/age/max=4294967295"

start_both() {
	tryio -p $kdamonds nr_kdamonds=2 0/contexts/nr_contexts=1 1/contexts/nr_contexts=1 || return
	# shellcheck disable=SC2086
	tryio -p $context $short targets/nr_targets=2 targets/0/pid_target="$first" targets/1/pid_target="$second" $all_that || return
	# shellcheck disable=SC2086
	tryio -p $kdamonds/1/contexts/0 $short operations=paddr targets/nr_targets=1 $all_that || return
	put $kdamond/state on && put $kdamonds/1/state on
}
rounds() { # KDAMOND
	put $kdamonds/"$1"/state update_schemes_stats && cat $kdamonds/"$1"/contexts/0/schemes/0/stats/nr_snapshots
}
ended() { ! kill -0 "$1" 2>/dev/null; }
read_results() {
	put $kdamond/state update_schemes_tried_regions && put $kdamonds/1/state update_schemes_tried_regions
}
both_work_to_the_end() {
	while ! ended "$first" && ! ended "$second"; do
		# The worker ends with its last target.
		read_results || ended "$first" || ended "$second" || return
		sleep 0.2
	done
	wait "$first" && wait "$second"
}
paddr_goes_on() {
	was=$(rounds 1) && sleep 1 && now=$(rounds 1) && at_least "$now" $((was + 1))
}
all_deeds() { # FILE: each was done
	! awk '$1 == "deed" && $3 == 0' "$1" | grep .
}

need_module
check "there is swap, in compressed memory" swap_on_zram
[ ! -e $ksm ] || echo 1 >$ksm
upheaval "$seconds" 1 >"$work/first" 2>&1 &
first=$!
upheaval "$seconds" 2 >"$work/second" 2>&1 &
second=$!
children="$first $second"
wait_until 30 grep -q -s ready "$work/first" && wait_until 30 grep -q -s ready "$work/second" || bail_out "no upheaval"
touch "$work/plugging"
plug_and_unplug "$work/plugging" >"$work/plugged" 2>&1 &
plugger=$!
check "two processes and physical memory are monitored" start_both
check "results are read until the processes end" both_work_to_the_end
check "physical memory goes on" paddr_goes_on
rm "$work/plugging"
wait $plugger
sed 's/^/# /' "$work/first" "$work/plugged"
check "everything was done by the first" all_deeds "$work/first"
check "everything was done by the second" all_deeds "$work/second"
went_off() { at_least "$(sed -n 's/^plugged \([0-9]*\) .*/\1/p' "$work/plugged")" 1; }
if grep -q '^plugged 0 ' "$work/plugged"; then
	skip "memory blocks went off line" "the kernel could do without none"
else
	check "memory blocks went off line" went_off
fi
[ ! -e $ksm ] || echo 2 >$ksm
check "both end" need_idle
check "swap ends" swap_off
finish
