#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# damonxx_reclaim: memory that nobody accesses leaves, as far as parameters allow, and counters agree with the kernel's.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/modules.sh"

size=$((slow > 1 ? 24 : 56))
# Without regard to how much memory is free.
always="wmarks_high=1000 wmarks_mid=1000 wmarks_low=0"

# Rests above the watermark: there is much free memory in this machine.
rests() {
	set_to reclaim min_age=$((1000000 * slow)) enabled=Y && really_runs reclaim || return
	sleep $((6 * slow))
	is "$(get reclaim nr_reclaim_tried_regions)" 0 && at_least "$(amount a cold present)" $((size * mib))
}
# Within one stretch of physical memory, all of it the content_checker's, so that nothing goes but what the kernel counts as swapped.
counts() {
	# shellcheck disable=SC2046
	set -- $(runs a cold | awk '$2 - $1 > most { most = $2 - $1; longest = $0 } END { print longest }')
	stretch=$(($2 - $1)) swapped=$(vmstat pswpout)
	# shellcheck disable=SC2086
	set_to reclaim $always quota_ms=0 "monitor_region_start=$1" "monitor_region_end=$2" commit_inputs=Y || return
	wait_until 60 get_at_least reclaim bytes_reclaimed_regions $((stretch / 100 * 95)) && set_to reclaim enabled=N || return
	counted=$(get reclaim bytes_reclaimed_regions) tried_bytes=$(get reclaim bytes_reclaim_tried_regions)
	swapped=$((($(vmstat pswpout) - swapped) * 4096))
	diag "of $((stretch >> 10)) KiB, $((counted >> 10)) are said to be reclaimed of $((tried_bytes >> 10)) tried;" \
		"the kernel swapped $((swapped >> 10)) KiB out" >&3
	# Zero pages, of which other processes have some, go without being written.
	at_most "$counted" $((swapped + 65536)) && at_least "$tried_bytes" "$counted" &&
		at_least "$(get reclaim nr_reclaimed_regions)" 1
}
pages_out() {
	set_to reclaim monitor_region_start=0 monitor_region_end=0 enabled=Y || return
	wait_until 60 amount_at_most a cold present $((size * mib / 20)) || return
	diag "cold $(($(amount a cold present) / mib)) of $size MiB present, hot $(($(amount a hot present) / mib)) of 8" >&3
	at_least "$(amount a hot present)" $((8 * mib / 100 * 90))
}
# A quota is a limit: 256 KiB in each second, and the windows that have begun.  What is free is tried, too.
quota() {
	set_to reclaim enabled=N quota_sz=262144 enabled=Y || return
	quota_from=$(cut -d . -f 1 /proc/uptime)
	wait_until 20 get_at_least reclaim bytes_reclaim_tried_regions 1000000 || return
	quota_s=$(($(cut -d . -f 1 /proc/uptime) - quota_from + 3))
	at_most "$(get reclaim bytes_reclaim_tried_regions)" $((quota_s * 262144)) &&
		at_least "$(get reclaim nr_quota_exceeds)" 1
}
skips_anon() {
	set_to reclaim enabled=N skip_anon=Y quota_sz=0 enabled=Y && intact a || return
	before=$(amount a cold present)
	wait_until 20 get_at_least reclaim bytes_reclaim_tried_regions $((size * mib)) && sleep $((3 * slow)) || return
	at_least "$(amount a cold present)" "$before" && set_to reclaim skip_anon=N
}
refuses_commit() {
	pid_before=$(get reclaim kdamond_pid)
	set_to reclaim min_nr_regions=2 && set_refused reclaim commit_inputs Y EINVAL || return
	dmesg | tail -n 5 | grep -q 'damonxx_reclaim: not committed: .*min 2 is below 3' || return
	really_runs reclaim && get_is reclaim kdamond_pid "$pid_before" || return
	set_to reclaim min_nr_regions=10 commit_inputs=Y && get_is reclaim commit_inputs N
}
is_turned_off() {
	# What it did is still told.
	before=$(get reclaim nr_reclaim_tried_regions)
	set_to reclaim enabled=N && really_off reclaim && get_at_least reclaim nr_reclaim_tried_regions "$before" || return
	set_refused reclaim commit_inputs Y EINVAL && set_to reclaim enabled=N
}
# On top of a context in sysfs that watches the same memory.
runs_beside_others() {
	set_to reclaim enabled=Y && new_kdamond 0 && put $context/operations paddr && turn on &&
		goes_on && really_runs reclaim && turn off
}
modes() {
	is "$(stat -c %a "$(parameter reclaim min_age)") $(stat -c %a "$(parameter reclaim kdamond_pid)")" "600 400" &&
		is "$(stat -c %a "$(parameter reclaim nr_quota_exceeds)")" 400
}

need_module_ko reclaim
swap_on 256 || skip_all "there is no zram to swap to"
exec 3>&1
check "it is off when it is loaded" really_off reclaim
check "modes of parameters" modes
start_content_checker a --blocks 8 $size
check "it rests while there is enough free memory" rests
check "the counters agree with the kernel's" counts
check "cold memory leaves, hot memory stays" pages_out
check "all comes back as it was" intact a
check "quota_sz is a limit" quota
check "skip_anon" skips_anon
check "a commit that cannot work is refused, and changes nothing" refuses_commit
check "turned off, it is gone and its counters stay" is_turned_off
check "it runs beside a context of sysfs" runs_beside_others
end_content_checker a
set_to reclaim monitor_region_start=0 monitor_region_end=0 min_age=120000000
check "garbage and extremes in every parameter" survives_garbage reclaim
check "it can be unloaded while it runs" unload damonxx_reclaim
clean_up
check "swap is given up" remove_disks
finish
