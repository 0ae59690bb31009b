#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Targets die, the module wants to go: nothing is kept that should be gone, and nothing goes that is in use.
. "$(dirname "$0")/lib.sh"

cycles=${CYCLES:-$((200 / slow))}
fast="$sample_us=1000 $aggr_us=10000"

# Not MemFree: freed huge pages may stay in the CPUs' own lists, which do not count there.
anon_kib() { sed -n 's/^AnonPages: *\([0-9]*\) kB/\1/p' /proc/meminfo; }
anon_at_most() { at_most "$(anon_kib)" "$1"; }

# Without a task, the number is no process; what was looked up is let go (leaks.sh would see it).
only_a_session() {
	setsid sh -c 'echo $$ >"$0/session"; sleep 1000 & echo $! >"$0/member"' "$work"
	session=$(cat "$work/session") member=$(cat "$work/member")
	children="$children $member"
	wait_until 10 not test -e "/proc/$session" || return
	for try in 1 2 3; do
		need_idle
		new_kdamond "$session" && refuses $kdamond/state on EINVAL || return
		is "$(last_error)" "contexts/0/targets/0/pid_target: no process $session" || return
	done
	kill "$member"
}

# The memory of a process that dies comes back while the results of its monitoring are still there.
dies() {
	start_workload idle 200
	# shellcheck disable=SC2086
	monitor "$workload" $fast && wait_until 10 snapshots_reach 5 || return
	with=$(anon_kib)
	end_workload
	wait_until 10 state_is off && is "$(cat $kdamond/pid)" -1 || return
	no_kdamond && wait_until 10 anon_at_most $((with - (190 << 10)))
}

# The kdamond does not follow the number to another process.  While it sleeps it still holds on to the one that is
# gone; somebody else may be faster to get the number, and kernels differ in which one they give next.
number_reused() {
	for try in 1 2 3 4 5 6 7 8 9 10; do
		start_workload idle 8
		monitor "$workload" $sample_us=3000000 $aggr_us=300000000 || return
		number_was=$workload
		end_workload
		echo $((number_was - 1 - try % 2)) >/proc/sys/kernel/ns_last_pid || return
		start_workload idle 64
		[ "$workload" != "$number_was" ] || break
		need_idle
		end_workload
	done
	is "$workload" "$number_was" || { echo "the number was not given out again"; return 1; }
	wait_until 10 state_is off && is "$(cat $kdamond/pid)" -1
}

# One of two goes, the other one stays monitored.
one_of_two() {
	start_workload idle 8
	first=$workload
	start_workload idle 64
	# shellcheck disable=SC2086
	new_kdamond "$first" $fast targets/nr_targets=2 targets/0/pid_target="$first" \
		targets/1/pid_target="$workload" || return
	turn on && wait_until 10 snapshots_reach 5 || return
	is "$(monitored_bytes)" $(($(bytes_of "$first") + $(bytes_of "$workload"))) || return
	kill -9 "$first"
	wait "$first" 2>/dev/null
	sleep 1
	state_is on && goes_on || return
	end_workload
	wait_until 10 state_is off
}

# A zombie has no memory to monitor, but who watches a child may ask until it has waited for the child.
zombie() {
	sh -c 'workload idle 8 >"$0" & echo $! >"$0.pid"; exec sleep 1000' "$work/zombie" &
	parent=$!
	children="$children $parent"
	wait_until 20 grep -q -s '^ready' "$work/zombie" && wait_until 20 test -s "$work/zombie.pid" || return
	dead=$(cat "$work/zombie.pid")
	# shellcheck disable=SC2086
	monitor "$dead" $fast && kill -9 "$dead" || return
	wait_until 10 grep -q '^State:.Z' "/proc/$dead/status" || return
	state_is on && goes_on && turn update_schemes_tried_bytes || return
	# It still has a number, so "on" may start; but there is nothing to monitor.
	turn off && turn on && goes_on && turn update_schemes_tried_bytes && is "$(cat $tried/total_bytes)" 0 || return
	# Whoever inherits it waits for it.
	kill $parent
	wait_until 10 state_is off
}

kernel_thread() {
	new_kdamond 2 || return
	said=$(tryio $kdamond/state on)
	[ "$said" != OK ] || wait_until 10 state_is off
}

in_use() {
	start_workload idle 8
	# shellcheck disable=SC2086
	monitor "$workload" $fast || return
	for _ in 1 2 3; do
		rmmod damonxx >"$work/rmmod" 2>&1 && { echo "it went"; return 1; }
	done
	grep -q 'temporarily unavailable' "$work/rmmod" || { cat "$work/rmmod"; return 1; }
	loaded && state_is on && goes_on
}

goes_after_off() {
	turn off && rmmod damonxx && not loaded && not test -e /sys/kernel/mm/damonxx
}

# Somebody still has a file open: nothing of the module is in use by that.
goes_with_open_file() {
	insmod "$module" && start_workload idle 8
	# shellcheck disable=SC2086
	monitor "$workload" $fast || return
	exec 5<$kdamond/state 6<$scheme/stats/nr_tried 7<$context/operations
	turn off && rmmod damonxx && not loaded || return
	cat <&5 2>/dev/null && { echo "a file of the tree is still readable"; return 1; }
	exec 5<&- 6<&- 7<&-
}

goes_after_death() {
	insmod "$module" && start_workload idle 8
	# shellcheck disable=SC2086
	monitor "$workload" $fast || return
	end_workload
	# The state says so before the thread has let go of the module; when the thread is gone, nothing keeps it.
	wait_until 10 state_is off && wait_until 10 recorded_ended && rmmod damonxx && not loaded
}

# In use, as long as the kdamond is there; when that was gone before, nothing is an excuse.
unload_once_ended() {
	for _ in $(seq $((200 * slow))); do
		recorded_ended >/dev/null
		there=$?
		if rmmod damonxx 2>"$work/rmmod"; then
			not loaded
			return
		fi
		[ $there = 1 ] && grep -q 'temporarily unavailable' "$work/rmmod" || { cat "$work/rmmod"; return 1; }
		sleep 0.05
	done
	echo "the kdamond does not end"
	return 1
}
# In the very moment when the target dies: it may be in use, but not for long.
goes_while_dying() {
	for _ in $(seq 20); do
		insmod "$module" && start_workload idle 4
		# shellcheck disable=SC2086
		monitor "$workload" $fast || return
		end_workload
		unload_once_ended || return
	done
}

need_module
check "the target dies: off, no kdamond, its memory is free" dies
need_idle
if [ -w /proc/sys/kernel/ns_last_pid ]; then
	check "the target's number goes to another process: that one is not monitored" number_reused
else
	skip "the target's number goes to another process" "this kernel does not let choose a number"
fi
end_workload
need_idle
check "one of two targets dies: the other one stays monitored" one_of_two
need_idle
check "the target is a zombie" zombie
need_idle
check "the target is a kernel thread" kernel_thread
check "the number is only that of a session, whose leader is gone" only_a_session
need_idle

check "while a kdamond runs, the module cannot be unloaded" in_use
if [ -f "$module" ]; then
	check "after off it can" goes_after_off
	end_workload
	check "also with open files" goes_with_open_file
	end_workload
	check "also after the target died" goes_after_death
	check "also in the moment of death" goes_while_dying
	loaded || insmod "$module"
fi
need_idle

# After each of five rounds, what the kernel keeps; about half of the targets of a round die.  Nothing may have grown in
# each of the last four by an object for four cycles.
round=$((cycles / 5))
rounds() {
	for count in 1 2 3 4 5; do # need_idle has its own each
		cycle switch $round $count && need_idle || return
		kernel_memory >"$work/kept.$count"
	done
	at_least "$(grep -c '^objects:' "$work/kept.1")" 20
}
check "$((5 * round)) times on and off, targets die at random" rounds
sed 's/^/# /' "$work/said"
for each in pid task_struct mm_struct; do
	diag "$each: $(sed -n "s/^objects:$each \(.*\)/\1/p" "$work"/kept.? | tr '\n' ' ')"
done
if grep -q kasan_ /proc/kallsyms; then
	skip "nothing is kept of that" "KASAN keeps what was freed for a while; leaks.sh looks for leaks here"
else
	check "nothing is kept of that" not grows_each_time $((round / 4)) "$work"/kept.?
fi
check "no thread is kept" no_kdamond
finish
