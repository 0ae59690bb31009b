#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# A goal about pressure: as much memory is paged out as makes programs wait that long for it.  How long they do is
# taken from /proc/pressure.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

# What they are to wait in each second.
target_us=20000

waited_us() { sed -n 's/^some .*total=//p' /proc/pressure/memory; }
waits() { # SECONDS: microseconds per second
	waits_from=$(waited_us)
	sleep "$1"
	echo $((($(waited_us) - waits_from) / $1))
}
# Memory that is in use all the time is paged out, so that pressure comes from each page.
towards() {
	act pageout $a ../../$sample_us=50000 ../../$aggr_us=500000 ../../$max_regions=50 apply_interval_us=100000 \
		quotas/reset_interval_ms=1000 quotas/goals/nr_goals=1 quotas/goals/0/target_metric=some_mem_psi_us \
		quotas/goals/0/target_value=$target_us "$@"
}
settles() { # WHAT SECONDS: after so long
	sleep "$2"
	settled=$(waits 20)
	diag "$1: $settled us of $target_us are waited in each second; effective quota $(effective) KiB" >&3
	within_a_fifth "$settled" $target_us
}
effective() { turn update_schemes_effective_quotas && echo $(($(cat $scheme/quotas/effective_bytes) >> 10)); }
raise() { # a commit of another target, while it works
	target_us=$((target_us * 2))
	put $scheme/quotas/goals/0/target_value $target_us && turn commit_schemes_quota_goals
}

need_module
[ -e /proc/pressure/memory ] && waited_us >"$work/waited" 2>/dev/null && [ -s "$work/waited" ] ||
	skip_all "this kernel does not measure pressure (psi=1)"
exec 3>&1
check "there is swap, in compressed memory" swap_on 256
hotspot --mib 64 --hot 32 --phases 1 --pause-us 50000 >"$work/hotspot" &
a=$!
children="$children $a"
wait_until 30 grep -q area "$work/hotspot" || bail_out "there is no workload"
alone=$(waits 10)
check "without a scheme nobody waits" at_most "$alone" $((target_us / 20))
check "a scheme with a goal of pressure starts" towards
# The quota begins with one byte, and doubles in each window at the most: it takes 25 s to a size that matters.
check "the goal is reached within a fifth" settles settled 45
check "another goal is set" raise
check "it is reached, too" settles raised 15
need_idle
kill $a
clean_up
check "swap is given up" remove_disks
finish
