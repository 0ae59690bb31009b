#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046
# What is between the monitor and the kernel's memory management: what the kernel counts and finds afterwards is what it
# would be without us. Needs two nodes.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

size=8
group=/sys/fs/cgroup/damonxx-shims

# Bytes of a process that the kernel takes for referenced.
referenced() { awk '$1 == "Referenced:" { print $2 * 1024 }' /proc/"$1"/smaps_rollup; }
# Sampling clears accessed bits, and tells reclaim of it. The memory is fresh: nobody has looked at it before.
stays_referenced() { # NAME PID
	eval "referenced_of=\$$1"
	referenced_before=$(referenced $referenced_of)
	at_least "$referenced_before" $((size * mib)) && not amount_at_least $1 cold idle 4096 || return
	act stat $2 && wait_until 60 amount_at_least $1 cold idle $((16 * 4096)) && rounds 5 || return
	at_least "$(referenced $referenced_of)" "$referenced_before"
}
frames_as_ranges() { sort -n | awk '$1 == end { end += 4096; next } end { print start, end } { start = $1; end = $1 + 4096 } END { print start, end }'; }

# Nobody maps the file: only its flags tell of accesses.
young_bytes() {
	turn update_schemes_stats && young_from="$(stat_of sz_ops_filter_passed) $(stat_of nr_snapshots)" && rounds 5 || return
	set -- $young_from $(stat_of sz_ops_filter_passed) $(stat_of nr_snapshots)
	echo $((($3 - $1) / ($4 - $2)))
}
young_by_reading() {
	dd if=/dev/zero of="$work/disk/file" bs=4096 count=256 2>/dev/null
	act_on_frames stat "$(frames file "$work/disk/file" 256 | frames_as_ranges)" ops_filters/nr_filters=1 \
		ops_filters/0/type=young ops_filters/0/matching=Y ops_filters/0/allow=Y && rounds 2 || return
	is "$(young_bytes)" 0 || return
	frames read "$work/disk/file" 256 >/dev/null &
	reader=$!
	children="$children $reader"
	rounds 2 && young_now=$(young_bytes)
	kill $reader
	wait $reader 2>/dev/null
	at_least "$young_now" $((mib * 15 / 16))
}

on_classic_lists() {
	classic_lists
	"$@"
	on_classic_status=$?
	lists_as_before
	return $on_classic_status
}

paged_out() { act pageout $a && wait_until 30 amount_at_least a cold swapped $((size * mib * 9 / 10)); }
moved_to() { act migrate_cold $a target_nid=$1 && wait_until 30 amount_at_least a cold node$1 $((size * mib * 9 / 10)); }
# To where it is: nothing is done.
nothing_migrates() {
	act migrate_cold $a target_nid=1 && rounds 5 && is "$(stats sz_applied)" 0
}

# What temporal allows while a cgroup uses less than BP of a node: all, or nothing.
allowed_while_below() { # NODE BP
	act lru_deprio 0 quotas/bytes=$mib quotas/reset_interval_ms=100 quotas/goals/nr_goals=1 \
		quotas/goals/0/target_metric=node_memcg_used_bp quotas/goals/0/nid=$1 \
		quotas/goals/0/path=${group#/sys/fs/cgroup} quotas/goals/0/target_value=$2 quotas/goal_tuner=temporal &&
		sleep $slow && turn update_schemes_effective_quotas && cat $scheme/quotas/effective_bytes
}
cgroup_counts() {
	cgroup_bp=$((size * 1024 * 10000 / $(of_node 0 MemTotal)))
	is "$(allowed_while_below 0 $((cgroup_bp / 2)))" 0 && is "$(allowed_while_below 0 $((cgroup_bp * 2)))" $mib &&
		is "$(allowed_while_below 1 $((cgroup_bp / 2)))" $mib
}

# Half a second after memory comes or goes, damonxx_tier looks for nodes; it may be gone by then.
tier_goes_before_its_work() {
	insmod /modules/damonxx_tier.ko || return
	for each_block in "$nodes"/node1/memory[0-9]*; do
		! echo offline >"$each_block"/state 2>/dev/null || break
	done
	rmmod damonxx_tier && is "$(cat "$each_block"/state)" offline && echo online >"$each_block"/state || return
	sleep 2
	no_complaint
}

unloaded_cleanly() {
	need_idle
	unload_mark=$(dmesg | wc -l)
	rmmod damonxx && not eval "dmesg | tail -n +$((unload_mark + 1)) | grep 'not freed'" && insmod "$module"
}

need_module
[ -d $nodes/node1 ] || skip_all "there is one node"
[ -e /sys/fs/cgroup/cgroup.controllers ] || skip_all "there is no cgroup2 at /sys/fs/cgroup"
no_numa_balancing
make_disk 64 || skip_all "there is no zram or no ext4"
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
mkdir $group

echo 0 >$group/cgroup.procs
start_content_checker a --node 0 0 $size
echo 0 >/sys/fs/cgroup/cgroup.procs
check "a process: what sampling clears is still referenced for the kernel" stays_referenced a $a
start_content_checker b 0 $size
check "physical memory: so it is there" stays_referenced b 0
end_content_checker b
check "a goal goes by what its cgroup uses of the node, and not of another one" cgroup_counts
check_todo "the filter young knows what is read by system calls only" \
	"on multi-generational lists the kernel leaves the idle flag alone then" young_by_reading
check "on classic lists it does" on_classic_lists young_by_reading
check "memory moves to node 1" moved_to 1
check "and nothing is done to it there again" nothing_migrates
check "the kernel counts no page as isolated then" none_isolated
check "there is swap, in compressed memory" swap_on 64
check "memory is paged out" paged_out
check "the kernel counts no page as isolated then, either" none_isolated
check "all is as it was" intact a
clean_up
check "damonxx_tier is unloaded while its work is pending" tier_goes_before_its_work
check "unloaded, the module leaves nothing allocated" unloaded_cleanly
rmdir $group
check "the disks are given up" remove_disks
finish
