#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# vaddr follows what a process maps, and finds accesses in whatever kind of page.
. "$(dirname "$0")/lib.sh"

settings="$sample_us=5000 $aggr_us=100000 $update_us=1000000"

# follow KIND [ARGUMENT]: a workload of that kind, monitored.
follow() {
	end_workload
	need_idle
	start_workload "$@"
	# shellcheck disable=SC2086
	monitor "$workload" $settings
}

all_is_monitored() { wait_until 5 monitors_all_of "$workload"; }

# hot_found: the hot area was accessed in nearly each sample, the cold one in hardly any.
found() { # hot|cold
	turn update_schemes_tried_regions || return
	# shellcheck disable=SC2046
	found_in $(said "$1")
}
hot_found() { [ "$(found hot)" -ge 800 ]; }
cold_found() { [ "$(found cold)" -le 100 ]; }
accesses_found() {
	wait_until 20 hot_found || { echo "hot: $(found hot) permil"; return 1; }
	wait_until 20 cold_found || { echo "cold: $(found cold) permil"; return 1; }
}

grows() {
	follow grow 64 && monitors_all_of "$workload" || return
	small=$(bytes_of "$workload")
	step 1 && all_is_monitored && at_least $(($(cat $tried/total_bytes) - small)) $((64 << 20)) || return
	step 2 && all_is_monitored && is "$(cat $tried/total_bytes)" "$small"
}

sets_aside() {
	follow reserve 64 && monitors_all_of "$workload" || return
	small=$(bytes_of "$workload")
	at_most "$small" $((32 << 20)) && step 1 && all_is_monitored || return
	at_least $(($(cat $tried/total_bytes) - small)) $((64 << 20))
}

executes() {
	follow exec 64 && monitors_all_of "$workload" || return
	kdamond_tid=$(cat $kdamond/pid)
	kill -USR1 "$workload"
	wait_until 10 grep -q '^cold' "$work/workload" && all_is_monitored || return
	accesses_found && is "$(cat $kdamond/pid)" "$kdamond_tid"
}

# All but one page: that is not two gaps between three areas, and hardly an area.
unmaps_all() {
	follow lonely && monitors_all_of "$workload" || return
	kill -USR1 "$workload"
	only_few() { [ "$(grep -c -v vsyscall "/proc/$workload/maps")" -le 1 ]; }
	wait_until 10 only_few && all_is_monitored && is "$(cat $tried/total_bytes)" 4096 || return
	goes_on && end_workload && wait_until 10 state_is off
}

many_vmas() {
	follow vmas $((20000 / slow)) || return
	at_least "$(wc -l <"/proc/$workload/maps")" $((40000 / slow)) && monitors_all_of "$workload" && goes_on || return
	accesses_found && step_of_ranges && monitors_all_of "$workload"
}
step_of_ranges() { sleep 2; goes_on; }

leader_exits() {
	follow leaderless 64 && accesses_found || return
	kill -USR1 "$workload"
	wait_until 10 grep -q '^State:.Z' "/proc/$workload/status" || return
	goes_on && accesses_found && goes_on || return
	# A new context for a leader that is gone, too.
	turn off && turn on && goes_on && accesses_found
}

hugetlb() { follow hugetlb 16 && accesses_found && monitors_all_of "$workload"; }
thp() {
	follow thp 32 || return
	is "$(said huge)" $((32 << 10)) && accesses_found && monitors_all_of "$workload"
}
frames() {
	follow frames && all_is_monitored && goes_on || return
	for _ in 1 2 3 4 5; do
		turn update_schemes_tried_regions || return
	done
	goes_on
}

# Frames of a device have no accessed bit that could tell, and are neither idle nor accessed.
device_frames() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings operations=fvaddr targets/0/regions/nr_regions=1 || return
	# shellcheck disable=SC2046
	set -- $(said hot)
	[ $# = 2 ] || { echo "/dev/mem cannot be mapped"; return 1; }
	put $context/targets/0/regions/0/start "$1" && put $context/targets/0/regions/0/end "$2" && turn on &&
		wait_until 20 snapshots_reach 5 && is "$(monitored_bytes)" $(($2 - $1)) || return
	is "$(kdamond_stat probes_checked) $(kdamond_stat probes_accessed) $(kdamond_stat probes_idle)" "0 0 0" &&
		at_least "$(kdamond_stat probes_absent)" 50 && turn update_schemes_tried_regions &&
		! tried $tried | awk '$3 != 0' | grep .
}

# fvaddr stays with what it was given, and finds accesses there.
fixed() {
	end_workload
	need_idle
	start_workload busy 16
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings operations=fvaddr targets/0/regions/nr_regions=1 || return
	# shellcheck disable=SC2046
	set -- $(said hot)
	put $context/targets/0/regions/0/start "$1" && put $context/targets/0/regions/0/end "$2" && turn on || return
	wait_until 20 hot_found && is "$(cat $tried/total_bytes)" $(($2 - $1)) || return
	sleep 2
	is "$(monitored_bytes)" $(($2 - $1)) && is "$(tried $tried | head -n 1)" ""
	turn update_schemes_tried_regions &&
		is "$(tried $tried | awk 'NR == 1 { printf "%s", $1 } { end = $2 } END { print " " end }')" "$1 $2"
}

fixed_nothing() {
	need_idle
	# shellcheck disable=SC2086
	new_kdamond "$workload" $settings operations=fvaddr && turn on && goes_on &&
		is "$(monitored_bytes)" 0 && turn update_schemes_tried_regions && is "$(tried $tried)" ""
}

need_module
check "pages of 4 KiB: accesses are found" eval 'follow busy 64 && accesses_found'
check "mmap and munmap are followed" grows
check "addresses set aside are not monitored before they are used" sets_aside
check "exec is followed" executes
check "all but one page is unmapped" unmaps_all
check "$((40000 / slow)) mappings" many_vmas
check "the thread group's leader exits, its threads go on" leader_exits
pages=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
if [ -e $pages ]; then
	check "there are hugetlb pages" wait_until 10 get_hugetlb_pages $pages
	check "hugetlb pages: accesses are found" hugetlb
	end_workload
	need_idle
	echo 0 >$pages
	no_page_left() { [ "$(cat $pages)" = 0 ]; }
	check "no hugetlb page is kept" wait_until 10 no_page_left
else
	skip "hugetlb pages" "this kernel has none"
fi
if [ -e /sys/kernel/mm/transparent_hugepage/enabled ]; then
	check "transparent huge pages: accesses are found" thp
else
	skip "transparent huge pages" "this kernel has none"
fi
check "frames of devices and the vDSO's data do no harm" frames
if [ -e /dev/mem ]; then
	check "a device's frames can tell nothing" device_frames
else
	skip "a device's frames can tell nothing" "this kernel has no /dev/mem"
fi
check "fvaddr keeps to its ranges" fixed
check "fvaddr without a range monitors nothing" fixed_nothing
finish
