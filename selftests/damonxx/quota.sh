#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# Quotas: how much a scheme may do in a time, of what it does first, and how goals set that.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

size=$((slow > 1 ? 24 : 64))
tracing=/sys/kernel/tracing
# In which version-dependent place the event is.
event=$(echo $tracing/events/damon*/damos_stat_after_apply_interval)
window_ms=$((200 * slow)) limit=$((1 << 20))

# What was tried in each window, by the events of rounds: a window is counted when it is used up.
windows() { # COUNT
	echo >$tracing/trace
	echo 1 >"$event"/enable
	wait_until 120 stat_reaches qt_exceeds "$1"
	echo 0 >"$event"/enable
	# The event has two fields that it prints as sz_tried.
	sed -n 's/.*nr_tried=[0-9]* sz_tried=\([0-9]*\) .*qt_exceeds=\([0-9]*\).*/\2 \1/p' $tracing/trace | awk '
	NR > 1 && $1 != window { if (seen++) print $2 - begun; begun = $2 }
	{ window = $1 }'
}
bytes_quota() {
	act stat $a quotas/bytes=$limit quotas/reset_interval_ms=$window_ms || return
	windows 102 >"$work/windows"
	at_least "$(wc -l <"$work/windows")" 100 || return
	# None above the limit, none a page below it.
	! awk -v limit=$limit '$1 > limit || $1 <= limit - 4096' "$work/windows" | grep . &&
		is "$(cat $scheme/quotas/effective_bytes; turn update_schemes_effective_quotas)" 0 &&
		is "$(cat $scheme/quotas/effective_bytes)" $limit
}
# Windows go on where the one before ended, so all memory has its turn.
round_robin() {
	act stat $a quotas/bytes=$limit quotas/reset_interval_ms=$window_ms || return
	seen=$(bytes_of $a)
	wait_until 100 stat_reaches nr_snapshots 1 && at_least "$(stat_of sz_tried)" $((seen - limit)) &&
		at_most "$(stat_of sz_tried)" $((seen + 4 * limit))
}
# Memory that is paged out in vain costs a tenth.
fail_charge() {
	act pageout $a quotas/bytes=$limit quotas/reset_interval_ms=$window_ms quotas/fail_charge_num=1 \
		quotas/fail_charge_denom=10 ops_filters/nr_filters=1 ops_filters/0/type=anon ops_filters/0/matching=Y \
		ops_filters/0/allow=N || return
	wait_until 60 stat_reaches qt_exceeds 3 && from=$(stat_of sz_tried) && times=$(stat_of qt_exceeds) || return
	wait_until 60 stat_reaches qt_exceeds $((times + 10)) || return
	rate=$((($(stat_of sz_tried) - from) / ($(stat_of qt_exceeds) - times)))
	diag "tried in vain in a window: $rate" >&3
	at_least $rate $((8 * limit)) && at_most $rate $((11 * limit))
}
cpu_ms() { # of the kdamond
	cpu_pid=$(cat $kdamond/pid)
	cut -d ' ' -f 1 "/proc/$cpu_pid/schedstat" | awk '{ print int($1 / 1000000) }'
}
# cpu_of SECONDS FILE=VALUE...: ms of processor time, of a scheme that has much to look at.  With few regions that are
# seldom sampled monitoring itself costs next to nothing.
cpu_of() {
	cpu_s=$1
	shift
	act stat 0 ../../$max_regions=20 ../../$sample_us=100000 ../../$aggr_us=1000000 apply_interval_us=100000 \
		ops_filters/nr_filters=1 ops_filters/0/type=anon ops_filters/0/matching=Y \
		ops_filters/0/allow=Y "$@" >/dev/null || return
	sleep 2
	cpu_windows=$(stats qt_exceeds) && cpu_from=$(cpu_ms)
	sleep "$cpu_s"
	echo $(($(cpu_ms) - cpu_from)) $(($(stats qt_exceeds) - cpu_windows))
}
# All of it in each window, and no more than a part above it.  A window begins with a pass of the scheme.
time_quota() {
	free=$(cpu_of 10 access_pattern/nr_accesses/min=1000 access_pattern/nr_accesses/max=1000) || return
	unlimited=$(cpu_of 2) && limited=$(cpu_of 20 quotas/ms=50 quotas/reset_interval_ms=1000) || return
	free=${free% *} unlimited=${unlimited% *} windows=${limited#* } limited=${limited% *}
	diag "without the scheme $free ms in 10 s, with it $unlimited ms in 2 s, with a quota of 50 ms in each second" \
		"$limited ms in 20 s and $windows windows" >&3
	limited=$((limited - 2 * free))
	at_least "$unlimited" 400 && at_least "$windows" 17 && at_most "$windows" 21 &&
		at_least $limited $(((windows - 1) * 48)) && at_most $limited $(((windows + 1) * 52))
}

# Half of it is hot, and has the lower addresses: first come, first served would take it.
lost() { # AREA, in MiB
	echo $((size / 2 - $(amount b "$1" present) / mib))
}
pageout_some() { # WEIGHT
	act pageout $b quotas/bytes=$((size * mib / 16)) quotas/reset_interval_ms=$((500 * slow)) \
		quotas/weights/nr_accesses_permil="$1" quotas/weights/age_permil="$1" || return
	wait_until 30 lost_reach $((size / 4)) && turn off || return
	diag "priority $1: lost $(lost hot) MiB of the hot half, $(lost cold) of the cold one, of $((size / 2)) each" >&3
}
lost_reach() { [ $(($(lost hot) + $(lost cold))) -ge "$1" ]; }
coldest_first() {
	start_content_checker b --rest 20 $((size / 2)) $((size / 2))
	# What is hot must be known to be.
	act stat $b && rounds 20 || return
	turn off
	pageout_some 1 && at_most "$(lost hot)" $((size / 16 + 1)) && at_least "$(lost cold)" $((size / 8)) && intact b
}

# Goals
effective() { turn update_schemes_effective_quotas && cat $scheme/quotas/effective_bytes; }
effective_reaches() { [ "$(effective)" -ge "$1" ]; }
effective_falls_to() { [ "$(effective)" -le "$1" ]; }
achieved() { put $scheme/quotas/goals/0/current_value "$1" && turn commit_schemes_quota_goals; }
with_goal() { # TUNER CURRENT [FILE=VALUE...]
	with_tuner=$1 with_current=$2
	shift 2
	act stat $a quotas/reset_interval_ms=$window_ms quotas/goal_tuner="$with_tuner" quotas/goals/nr_goals=1 \
		quotas/goals/0/target_metric=user_input quotas/goals/0/target_value=1000 \
		quotas/goals/0/current_value="$with_current" "$@"
}
# It grows while the goal is missed, stays at the goal, and falls beyond it.
consist() {
	with_goal consist 100 && wait_until 30 effective_reaches $((1 << 20)) || return
	achieved 1000 && sleep 1
	held=$(effective) && sleep 5 && is "$(effective)" "$held" || return
	achieved 1500 && wait_until 30 effective_falls_to $((held / 16)) || return
	achieved 100 && wait_until 30 effective_reaches $((1 << 20))
}
# All that bytes allow, or nothing.
temporal() {
	with_goal temporal 100 quotas/bytes=$limit && rounds 5 && is "$(effective)" $limit || return
	achieved 1000 && sleep 1 && is "$(effective)" 0 || return
	from=$(stats sz_tried) && sleep 5 && is "$(stats sz_tried)" "$from" || return
	achieved 999 && sleep 1 && is "$(effective)" $limit && wait_until 10 stat_reaches sz_tried $((from + limit))
}
# The less, the nearer the goal is.
proportional() {
	with_goal proportional 0 quotas/bytes=$limit && rounds 5 || return
	first=$(effective) && achieved 500 && sleep 2 && second=$(effective) && achieved 900 && sleep 2 || return
	third=$(effective) && achieved 1000 && sleep 2 || return
	diag "proportional: $first, $second, $third bytes at 0, 50 and 90 % of the goal, $(effective) at it" >&3
	at_most "$first" $limit && at_least "$first" $((limit / 2)) && at_most "$second" $((first * 3 / 4)) &&
		at_most "$third" $((second / 2)) && at_least "$third" 4096 && is "$(effective)" 0
}
# The goal that is nearest decides.
nearest() {
	act stat $a quotas/reset_interval_ms=$window_ms quotas/goal_tuner=temporal quotas/bytes=$limit \
		quotas/goals/nr_goals=2 quotas/goals/0/target_value=1000 quotas/goals/1/target_value=1000 \
		quotas/goals/1/current_value=1000 && sleep 2 && is "$(effective)" 0 || return
	put $scheme/quotas/goals/1/current_value 10 && turn commit_schemes_quota_goals && sleep 2 && is "$(effective)" $limit
}

need_module
exec 3>&1
swap_on 256 || skip_all "there is no zram to swap to"
start_content_checker a --rest 50 4 $((size / 4))
if [ -e "$event/enable" ]; then
	check "bytes: 100 windows are used up, and none is exceeded" bytes_quota
else
	skip "bytes: 100 windows are used up, and none is exceeded" "there is no trace event to see them by"
fi
check "bytes: all memory has its turn" round_robin
check "what is tried in vain can cost less" fail_charge
check "ms: processor time" time_quota
check "what is coldest goes first" coldest_first
end_content_checker b
check "goals: consist" consist
check "goals: temporal" temporal
check "goals: proportional" proportional
check "goals: the nearest one decides" nearest
clean_up
check "swap is given up" remove_disks
finish
