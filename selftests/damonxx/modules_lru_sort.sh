#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# damonxx_lru_sort: hot memory gets to the active lists, cold memory to the inactive ones.
# twice: what is sampled varies
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/special.sh"

size=$((slow > 1 ? 24 : 56))
always="wmarks_high=1000 wmarks_mid=1000 wmarks_low=0"
lru_gen=/sys/kernel/mm/lru_gen/enabled

active_at_least() { [ "$(amount a "$1" active)" -ge "$2" ]; }
sorts() {
	amount_at_least a cold active $((size * mib / 10 * 9)) || { echo "it is not active at first"; return 1; }
	# Without a limit all of the system's memory would have its turn in each window, which leaves no time to look.
	# shellcheck disable=SC2086
	set_to lru_sort $always quota_ms=100 cold_min_age=$((1000000 * slow)) enabled=Y && really_runs lru_sort || return
	wait_until 60 amount_at_most a cold active $((size * mib / 10)) || return
	wait_until 60 active_at_least hot $((8 * mib / 10 * 9)) ||
		{ echo "only $(amount a hot active) bytes; in $(runs a hot | wc -l) runs"; return 1; }
	diag "active: cold $(($(amount a cold active) / mib)) of $size MiB, hot $(($(amount a hot active) / mib)) of 8" >&3
}
counts() {
	at_least "$(get lru_sort bytes_lru_sorted_cold_regions)" $((size * mib / 10 * 9)) &&
		at_least "$(get lru_sort bytes_lru_sort_tried_cold_regions)" "$(get lru_sort bytes_lru_sorted_cold_regions)" &&
		at_least "$(get lru_sort nr_lru_sort_tried_hot_regions)" 1
}
refuses() {
	set_refused lru_sort hot_thres_access_freq 1001 EINVAL && set_refused lru_sort active_mem_bp 10001 EINVAL &&
		set_refused lru_sort sample_interval 0 EINVAL || return
	set_to lru_sort wmarks_mid=1 wmarks_low=2 && set_refused lru_sort commit_inputs Y EINVAL || return
	really_runs lru_sort && set_to lru_sort wmarks_low=0 commit_inputs=Y
}
mentions_reclaim() {
	load damonxx_reclaim || return
	set_to reclaim enabled=Y && dmesg | tail -n 3 | grep -q 'damonxx_reclaim: damonxx_lru_sort runs, too' &&
		set_to reclaim enabled=N
}

need_special lru_sort
exec 3>&1
old_lru=''
if [ -w $lru_gen ]; then
	old_lru=$(cat $lru_gen)
	echo n >$lru_gen
fi
# What earlier tests have left would spread few hot pages over much memory.
echo 1 >/proc/sys/vm/compact_memory
start_keeper a --active 8 $size
check "it sorts" sorts
check "it counts" counts
check "nothing is lost" intact a
check "what cannot work is refused" refuses
check "the log mentions a module at odds" mentions_reclaim
end_keeper a
check "garbage and extremes in every parameter" survives_garbage lru_sort
[ -z "$old_lru" ] || echo "$old_lru" >$lru_gen
check "they can be unloaded while they run" unload_special
finish
