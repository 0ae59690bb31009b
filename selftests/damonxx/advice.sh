#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# willneed, hugepage, nohugepage, collapse: what the kernel does upon such advice to a process's memory.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

size=$((slow > 1 ? 16 : 32))
thp=/sys/kernel/mm/transparent_hugepage/enabled
old_thp=$(sed 's/.*\[\(.*\)\].*/\1/' $thp 2>/dev/null)

# A file's pages are brought in before anybody touches them.
willneed_file() {
	start_content_checker a --file "$work/disk/file" 0 $size
	at_most "$(amount a cold cached)" $((size * mib / 20)) || return
	act willneed "$a" || return
	wait_until 20 amount_at_least a cold cached $((size * mib / 100 * 98)) &&
		at_least "$(stats sz_applied)" $((size * mib / 2)) && intact a
}
# And pages that were swapped out.
swap_cached_kib() { sed -n 's/^SwapCached:[[:space:]]*\([0-9]*\) kB/\1/p' /proc/meminfo; }
swap_cache_reaches() { [ "$(swap_cached_kib)" -ge "$1" ]; }
willneed_swap() {
	start_content_checker a --out 0 $size
	amount_at_least a cold swapped $((size * mib / 100 * 90)) && at_most "$(swap_cached_kib)" $((size << 6)) || return
	act willneed "$a" && wait_until 20 swap_cache_reaches $((size * 900)) && intact a
}
hugepage() {
	echo madvise >$thp
	start_content_checker a --plain --later 0 $size
	act hugepage "$a" && rounds 3 && intact a && at_least "$(amount a cold huge)" $((size * mib / 100 * 90))
}
nohugepage() {
	echo always >$thp
	start_content_checker a --plain --later 0 $size
	act nohugepage "$a" && rounds 3 && intact a && is "$(amount a cold huge)" 0
}
# Only so do the two before mean something.
as_configured() {
	echo madvise >$thp
	start_content_checker a --plain --later 0 $size
	intact a && is "$(amount a cold huge)" 0 || return
	end_content_checker a
	echo always >$thp
	start_content_checker a --plain --later 0 $size
	intact a && at_least "$(amount a cold huge)" $((size * mib / 100 * 90))
}
collapse() {
	echo madvise >$thp
	start_content_checker a --plain 0 $size
	is "$(amount a cold huge)" 0 && act collapse "$a" ../../$min_regions=3 || return
	wait_until 60 whole_blocks_are_huge || return
	intact a
}
# Only what lies within a region can become a huge page; regions change meanwhile.
whole_blocks_are_huge() {
	turn update_schemes_tried_regions || return
	# shellcheck disable=SC2046
	set -- $(bounds a cold)
	at_least "$(in_whole_blocks "$1" "$2")" $((size * mib / 2)) &&
		at_least "$(amount a cold huge)" "$(in_whole_blocks "$1" "$2")"
}
in_whole_blocks() { # START END
	tried $tried | awk -v from="$1" -v to="$2" '
	{
		start = $1 > from ? $1 : from; end = $2 < to ? $2 : to
		blocks = int(end / 2097152) - int((start + 2097151) / 2097152)
		if (blocks > 0) sum += blocks
	}
	END { printf "%.0f", sum * 2097152 }'
}
# A goal about the share of the memory in use that is in huge pages, going by /proc/meminfo.
huge_bp() {
	awk '/^MemTotal:/ { used += $2 } /^MemFree:/ { used -= $2 } /^(Anon|Shmem|File)HugePages:/ { huge += $2 }
	END { print int(huge * 10000 / used) }' /proc/meminfo
}
huge_reach() { [ "$(huge_bp)" -ge "$1" ]; }
towards_share() {
	echo madvise >$thp
	start_content_checker a --plain 0 $size
	share_from=$(huge_bp) share=$((share_from + 500)) 
	share_block=$(awk '/^MemTotal:/ { used += $2 } /^MemFree:/ { used -= $2 } END { print int(2048 * 10000 / used) }' /proc/meminfo)
	act collapse "$a" ../../$min_regions=3 quotas/bytes=$((3 * mib)) quotas/reset_interval_ms=$((200 * slow)) \
		quotas/goal_tuner=temporal quotas/goals/nr_goals=1 quotas/goals/0/target_metric=hugepage_mem_bp \
		quotas/goals/0/target_value=$share || return
	wait_until 60 huge_reach $share && sleep $((5 * slow)) || return
	diag "hugepage_mem_bp: $share_from bp at first, $(huge_bp) of $share, a huge page is $share_block" >&3
	# A window may go on beyond by what it has, and others use memory, too.
	at_least "$(huge_bp)" $((share - share_block)) && at_most "$(huge_bp)" $((share + 3 * share_block)) && intact a
}
# What has no meaning for physical memory is tried, and not applied.
no_meaning() {
	start_content_checker a 0 $size
	for each in willneed hugepage nohugepage collapse cold; do
		act $each 0 && rounds 3 || return
		is "$(stats sz_applied) $(stat_of nr_applied)" "0 0" && at_least "$(stat_of sz_tried)" 1 || return
	done
}

need_module
exec 3>&1
if make_disk 128; then
	check "willneed: a file's pages come into the page cache" willneed_file
	end_content_checker a
else
	skip "willneed: a file's pages come into the page cache" "there is no zram or no ext4"
fi
if swap_on 128; then
	check "willneed: swapped pages come into the swap cache" willneed_swap
	end_content_checker a
else
	skip "willneed: swapped pages come into the swap cache" "there is no zram"
fi
if [ -w $thp ]; then
	# What tests before this one have left is moved out of the way of huge pages.
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory
	check "without a scheme, huge pages are as configured" as_configured
	end_content_checker a
	check "hugepage: memory touched later comes as huge pages" hugepage
	end_content_checker a
	check "nohugepage: memory touched later comes as small pages" nohugepage
	end_content_checker a
	check "collapse: memory that is there becomes huge pages" collapse
	end_content_checker a
	check "collapse: so much as a goal says" towards_share
	end_content_checker a
	echo "$old_thp" >$thp
else
	skip "hugepage, nohugepage, collapse" "this kernel has no transparent huge pages"
fi
check "advice to processes has no effect on physical memory" no_meaning
clean_up
check "disks are given up" remove_disks
finish
