#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# Goals about nodes: memory moves until the goal is reached, and then hardly any does.  What the nodes hold is taken
# from their meminfo.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

tuner=${1:-consist}
step=1
[ $tuner != proportional ] || step=16
size=$((slow > 1 ? 100 : 200))

free_bp() { echo $(($(of_node "$1" MemFree) * 10000 / $(of_node "$1" MemTotal))); }
in_use() { echo $(($(of_node "$1" AnonPages) + $(of_node "$1" FilePages))); }
# Of the memory in use, on node N.
share_bp() { echo $(($(in_use "$1") * 10000 / ($(in_use 0) + $(in_use 1)))); }

near() { [ "$("$1" "$2")" -ge $(($3 - 100)) ] && [ "$("$1" "$2")" -le $(($3 + 100)) ]; }
# settles METRIC NODE TARGET: within 100 bp, and stays there for 20 s, in which less than 1/3 % of node 0 is moved.
settles() {
	wait_until 90 near "$@" || { echo "$1 of node $2 is $("$1" "$2"), not $3"; return 1; }
	sleep $((5 * slow))
	settled=$(vmstat pgmigrate_success) settled_at=$("$1" "$2")
	sleep 20
	settled=$(($(vmstat pgmigrate_success) - settled))
	diag "$goal: $settled_at bp of $3, $("$1" "$2") 20 s later; $settled pages were moved in them" >&3
	near "$@" && at_most $settled $(($(of_node 0 MemTotal) / 4 / 300))
}
# towards GOAL NODE TARGET [FILE=VALUE...]: by cold memory of node 0 that moves to node 1.  Windows are small, so that one
# does not go far beyond the goal; proportional takes only the missing part of them.  What is free, or on node 1, costs
# next to nothing.  Nothing is hot, so few samples do.
towards() {
	goal=$1 goal_node=$2 goal_target=$3
	shift 3
	act migrate_cold 0 target_nid=1 access_pattern/nr_accesses/max=0 access_pattern/age/min=2 \
		../../$sample_us=$((50000 * slow)) ../../$aggr_us=$((500000 * slow)) apply_interval_us=$((200000 * slow)) \
		quotas/bytes=$((step * mib)) quotas/reset_interval_ms=$((200 * slow)) quotas/fail_charge_num=1 \
		quotas/fail_charge_denom=1024 quotas/goals/nr_goals=1 \
		quotas/goals/0/target_metric="$goal" quotas/goals/0/nid="$goal_node" \
		quotas/goals/0/target_value="$goal_target" ops_filters/nr_filters=1 ops_filters/0/type=node \
		ops_filters/0/min=0 ops_filters/0/max=0 ops_filters/0/matching=Y ops_filters/0/allow=Y "$@"
}
node_free() {
	target=$(($(free_bp 0) + 800))
	towards node_mem_free_bp 0 $target quotas/goal_tuner=$tuner && settles free_bp 0 $target
}
sys_raise() {
	target=$(($(share_bp 1) + 2000))
	towards node_sys_bp 1 $target quotas/goal_tuner=$tuner && settles share_bp 1 $target
}
sys_lower() {
	target=$(($(share_bp 0) - 2000))
	towards node_sys_bp 0 $target quotas/goals/0/direction=lower quotas/goal_tuner=$tuner && settles share_bp 0 $target
}
memcg_used() {
	target=500
	towards node_memcg_used_bp 1 $target quotas/goal_tuner=$tuner quotas/goals/0/path=/damonxx-test && settles group_bp 1 $target
}
# All cold memory counts: nearly all there is here.
eligible() {
	target=$(($(share_bp 1) + 2000))
	towards node_eligible_mem_bp 1 $target quotas/goal_tuner=$tuner && settles share_bp 1 $target
}
group_bp() {
	group_bytes=$(awk -v key="N$1" '$1 == "anon" { for (i = 2; i <= NF; i++) { split($i, part, "="); if (part[1] == key) print part[2] } }' \
		$group/memory.numa_stat)
	echo $((group_bytes / 1024 * 10000 / $(of_node "$1" MemTotal)))
}
fresh() { # the content_checker's memory is back on node 0
	need_idle
	end_content_checker a
	echo 0 >$group/cgroup.procs
	start_content_checker a --node 0 0 $size
	echo 0 >/sys/fs/cgroup/cgroup.procs
}
never() { # a goal that cannot act is refused
	not towards node_mem_free_bp 77 100 && last_error | grep goals && refuses $kdamond/state on EINVAL
}

need_module
[ -d $nodes/node1 ] || skip_all "there is only one node; run-in-vm has a machine with two"
exec 3>&1
group=/sys/fs/cgroup/damonxx-test
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
mkdir -p $group
# Not all of them with each tuner, as a test may take 300 s.  consist goes on with what once sufficed, and only slowly does
# less: what it has freed stays free.
case $tuner in
consist) metrics="sys_raise sys_lower eligible" ;;
temporal) metrics="node_free sys_lower memcg_used" ;;
*) metrics="node_free sys_raise eligible" ;;
esac
for each_metric in $metrics; do
	fresh
	check "$tuner: $each_metric" $each_metric
done
check "all is as it was" intact a
check "a node that is not there is refused" never
clean_up
rmdir $group
finish
