#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# damonxx_lru_sort: hot memory gets to the active lists, cold memory to the inactive ones.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"
. "$(dirname "$0")/modules.sh"

size=$((slow > 1 ? 24 : 56))
always="wmarks_high=1000 wmarks_mid=1000 wmarks_low=0"

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

# A file, of which one part was accessed all the time, and another one just twice, which makes it active.  Then nobody
# uses any: which part reclaim takes.
evict() { # WHAT: sets lost_hot and lost_cold, in KiB
	kill -STOP "$b"
	sync # what is dirty would stay
	echo 1 >/proc/"$b"/clear_refs
	lost_hot=$(amount b hot cached) lost_cold=$(amount b cold cached)
	at_least $((lost_hot + lost_cold)) $(((size / 2 + 8) * mib / 10 * 9)) || return
	for _ in 1 2 3 4; do
		echo 4M >$group/memory.reclaim || echo "memory.reclaim gave less"
	done
	lost_hot=$(((lost_hot - $(amount b hot cached)) / 1024))
	lost_cold=$(((lost_cold - $(amount b cold cached)) / 1024))
	diag "$1: of the hot 8 MiB $lost_hot KiB went, of the cold $((size / 2)) MiB $lost_cold KiB" >&3
}
use_file() {
	echo 0 >$group/cgroup.procs
	start_content_checker b --file "$work/disk/file" --active 8 $((size / 2))
	echo 0 >/sys/fs/cgroup/cgroup.procs
}
unsorted() {
	use_file; sleep $((5 * slow)); evict "without it" && at_least "$lost_hot" 4096
}
sorted() {
	use_file
	# shellcheck disable=SC2086
	set_to lru_sort $always quota_ms=100 cold_min_age=$((1000000 * slow)) enabled=Y || return
	sleep $((10 * slow))
	set_to lru_sort enabled=N && evict "with it" && at_most "$lost_hot" 1024 && at_least "$lost_cold" 8192
}

need_module_ko lru_sort
exec 3>&1
group=/sys/fs/cgroup/damonxx-test
classic_lists
start_content_checker a --blocks --active 8 $size
check "it sorts" sorts
check "it counts" counts
check "nothing is lost" intact a
check "what cannot work is refused" refuses
check "the log mentions a module at odds" mentions_reclaim
end_content_checker a
if [ -e /sys/fs/cgroup/cgroup.controllers ] && make_disk 128; then
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
	mkdir -p $group
	set_to lru_sort enabled=N
	check "without it, reclaim takes what was hot from the page cache" unsorted
	end_content_checker b
	check "with it, reclaim takes what was cold" sorted
	end_content_checker b
	rmdir $group
	check "the disk is given up" remove_disks
else
	skip "reclaim takes what was cold from the page cache" "there is no cgroup2, or no zram"
fi
set_to lru_sort enabled=Y
check "garbage and extremes in every parameter" survives_garbage lru_sort
lists_as_before
check "they can be unloaded while they run" unload_modules
finish
