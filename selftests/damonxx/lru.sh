#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# cold, lru_prio, lru_deprio: which of two processes in one memory cgroup reclaim takes memory from.  Both have the
# same, and neither uses it; "old" has had it for longer.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

size=$((slow > 1 ? 16 : 32))
group=/sys/fs/cgroup/damonxx-test

in_group() { # NAME OPTION...
	echo 0 >$group/cgroup.procs
	start_content_checker "$@"
	echo 0 >/sys/fs/cgroup/cgroup.procs
}
# start_pair [OPTION]
start_pair() {
	in_group old "$@" 0 $size
	in_group new "$@" 0 $size
	# Else reclaim sees that all of it was accessed once, and gives it another chance.
	echo 1 >/proc/$old/clear_refs
	echo 1 >/proc/$new/clear_refs
}
end_pair() {
	need_idle
	end_content_checker old
	end_content_checker new
}
# reclaim WHAT: sets lost_old and lost_new, in KiB.
reclaim() {
	lost_old=$(amount old cold present) lost_new=$(amount new cold present)
	for _ in 1 2 3 4; do
		echo $((size / 8))M >$group/memory.reclaim || echo "memory.reclaim gave less"
	done
	lost_old=$(((lost_old - $(amount old cold present)) / 1024))
	lost_new=$(((lost_new - $(amount new cold present)) / 1024))
	diag "$1: old loses $lost_old KiB, new loses $lost_new KiB" >&3
	at_least $((lost_old + lost_new)) $((size * 256))
}
new_loses_more() { at_least "$lost_new" $((3 * lost_old)); }
old_loses_more() { at_least "$lost_old" $((3 * lost_new)); }
active() { # NAME LEAST MOST, in percent
	[ $lru = classic ] || return 0
	active_share=$(($(amount "$1" cold active) * 100 / (size * mib)))
	at_least $active_share "$2" && at_most $active_share "$3"
}

# Classic lists show when all has moved: so much of it is active.
sorted() { # NAME LEAST MOST
	if [ $lru = classic ]; then
		wait_until 30 active "$@"
	else
		wait_until 30 stat_reaches sz_applied $((size * mib)) && rounds 10
	fi
}

untouched() {
	start_pair && reclaim "$lru: no scheme" && old_loses_more
}
# Advice to the process that has its memory for a shorter time.
cold() {
	start_pair --active && active new 90 100 || return
	act cold $new $cold_ones && sorted new 0 10 || return
	turn off && reclaim "$lru: cold" && new_loses_more
}
deprio() {
	start_pair --active && active new 90 100 || return
	act_on_frames lru_deprio "$(runs new cold)" && sorted new 0 10 || return
	turn off && active old 90 100 && reclaim "$lru: lru_deprio" && new_loses_more
}
prio() {
	start_pair && active old 0 10 || return
	act_on_frames lru_prio "$(runs old cold)" && sorted old 90 100 || return
	turn off && active new 0 10 && reclaim "$lru: lru_prio" && new_loses_more
}
all_of() { # LRU
	lru=$1
	check "$lru: without a scheme, older memory goes first" untouched
	end_pair
	check "$lru: cold memory goes before older memory" cold
	end_pair
	check "$lru: lru_deprio: goes before older memory" deprio
	end_pair
	check "$lru: lru_prio: goes after newer memory" prio
	end_pair
}
# Of processes they are not.
no_meaning() {
	start_content_checker old 0 $size
	for each in lru_prio lru_deprio; do
		act $each $old && rounds 3 || return
		is "$(stats sz_applied)" 0 && at_least "$(stat_of sz_tried)" $((size * mib)) || return
	done
}

need_module
[ -e /sys/fs/cgroup/cgroup.controllers ] || skip_all "there is no cgroup2 at /sys/fs/cgroup"
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
mkdir -p $group
[ -e $group/memory.reclaim ] || skip_all "cgroups have no memory.reclaim"
swap_on 256 || skip_all "there is no zram to swap to"
exec 3>&1
classic_lists
all_of classic
if [ -n "$old_lru" ]; then
	echo y >$lru_gen
	all_of multi-generational
	lists_as_before
fi
check "they have no effect on processes" no_meaning
clean_up
rmdir $group
check "swap is given up" remove_disks
finish
