#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154
# The cgroup that a goal is about is removed while its scheme runs: nothing more is done for that goal.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

group=/sys/fs/cgroup/damonxx-gone
size=48

begin() { # TUNER
	mkdir -p $group
	start_content_checker a 0 $size
	act pageout "$a" quotas/bytes=$((mib / 4)) quotas/reset_interval_ms=$((100 * slow)) quotas/goals/nr_goals=1 \
		quotas/goals/0/target_metric=node_memcg_used_bp quotas/goals/0/nid=0 quotas/goals/0/target_value=9000 \
		quotas/goals/0/path=/damonxx-gone quotas/goal_tuner="$1"
}
worked() { wait_until 60 stat_reaches sz_applied $((4 * mib)); }
ends() {
	# What a window has allowed already may still go.
	rmdir $group && sleep $((2 * slow)) || return
	applied=$(stats sz_applied)
	sleep $((10 * slow))
	is "$(stats sz_applied)" "$applied" && at_least "$(amount a cold present)" $((size * mib / 4))
}

need_module
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
check "there is swap, in compressed memory" swap_on 128
for tuner in consist temporal proportional; do
	check "$tuner: a scheme pages out for a cgroup's goal" begin $tuner
	check "$tuner: it has begun" worked
	check "$tuner: the cgroup is removed, and it ends" ends
	end_content_checker a
done
clean_up
check "swap is given up" remove_disks
finish
