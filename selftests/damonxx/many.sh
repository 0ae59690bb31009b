#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Hundreds of processes monitored by one kdamond, and tens of kdamonds at once: none is forgotten, all end, and the memory
# that they took comes back.
. "$(dirname "$0")/lib.sh"

nr_targets=$((300 / slow))
nr_kdamonds=$((50 / slow))
# Not often: there is one CPU for all of them.
rare="$sample_us=200000 $aggr_us=2000000 $update_us=10000000 $min_regions=10"

in_use() { awk '/^(SUnreclaim|VmallocUsed|KernelStack|Percpu):/ { sum += $2 } END { print sum }' /proc/meminfo; }
settled() {
	echo 3 >/proc/sys/vm/drop_caches
	in_use
}

start_crowd() { # COUNT
	crowd "$1" >"$work/crowd" 2>&1 &
	crowd=$!
	children="$children $crowd"
	wait_until 60 grep -q -s '^ready' "$work/crowd" || { cat "$work/crowd"; return 1; }
	grep -v ready "$work/crowd" >"$work/pids"
}
end_crowd() {
	kill "$crowd"
	wait "$crowd" 2>/dev/null
	wait_until 30 no_member
}
no_member() {
	while read -r pid; do
		[ ! -e "/proc/$pid" ] || return
	done <"$work/pids"
}

# One for all.
all_on() {
	# shellcheck disable=SC2086,SC2046
	new_kdamond 0 $rare targets/nr_targets="$(wc -l <"$work/pids")" $max_regions=$((nr_targets * 20)) \
		$(awk '{ print "targets/" NR - 1 "/pid_target=" $1 }' "$work/pids") && turn on
}
# The accesses of each are found in 3 to 9 of its regions or so.
# It takes its time to look, so it waits first.
each_is_found() { sleep 1 && [ "$(snapshot targets $context/snapshot | awk '$4 > 0' | wc -l)" -ge $nr_targets ]; }
all_found() {
	wait_until 3 each_is_found
	snapshot targets $context/snapshot >"$work/targets"
	is "$(awk '{ print $1 }' "$work/targets" | sort)" "$(sort "$work/pids")" &&
		is "$(awk '$2 < 3 || $4 < 1' "$work/targets")" "" || return
	# All of some of them, by their maps.
	for line in 1 $((nr_targets / 2)) $nr_targets; do
		# shellcheck disable=SC2046
		set -- $(sed -n ${line}p "$work/targets")
		is "$3" "$(bytes_of "$1")" || return
	done
}
nine_of_ten_end() {
	for pid in $(awk 'NR % 10 != 1' "$work/pids"); do
		kill -9 "$pid"
	done
	goes_on && state_is on && wait_until 2 rest_is_found
}
# Each look takes a second, so these wait 20 times as long as they say.
rest_is_found() {
	sleep 1
	snapshot targets $context/snapshot | awk '$4 > 0 { print $1 }' | sort >"$work/accessed"
	not eval "awk 'NR % 10 == 1' $work/pids | sort | comm -23 - $work/accessed | grep ."
}
only_deactivated() {
	sleep 1
	is "$(snapshot targets $context/snapshot | awk '$2 > 0 { print $1 }')" "$(awk 'NR % 10 == 1' "$work/pids")" >/dev/null
}
all_end() {
	end_crowd && wait_until 30 state_is off && is "$(cat $kdamond/pid)" -1 && no_kdamond
}

# One for each.
each_on() {
	put $kdamonds/nr_kdamonds $nr_kdamonds || return
	i=0
	while read -r pid; do
		tryio -p $kdamonds/$i contexts/nr_contexts=1 || return
		# shellcheck disable=SC2086
		tryio -p $kdamonds/$i/contexts/0 $rare targets/nr_targets=1 targets/0/pid_target="$pid" schemes/nr_schemes=1 \
			schemes/0/access_pattern/sz/max=18446744073709551615 schemes/0/access_pattern/nr_accesses/max=4294967295 \
			schemes/0/access_pattern/age/max=4294967295 || return
		put $kdamonds/$i/state on || return
		i=$((i + 1))
	done <"$work/pids"
	is "$(cat $kdamonds/*/state | sort | uniq -c | awk '{ print $1, $2 }')" "$nr_kdamonds on"
	is "$(cat /proc/[0-9]*/comm 2>/dev/null | grep -c '^kdamond\.')" $nr_kdamonds
}
found_by_each() {
	sleep 1
	for i in $(seq 0 $((nr_kdamonds - 1))); do
		[ "$(snapshot targets $kdamonds/"$i"/contexts/0/snapshot | awk '$4 > 0' | wc -l)" = 1 ] || return
	done
}
goes() { rmmod damonxx && not loaded; }
given_back() { at_most "$(settled)" $((before + 1024)); }

need_module
[ -f "$module" ] || skip_all "$module is not there, so it could not be loaded again"
# What is made only once is made now.
check "some processes begin" start_crowd 20
check "a kdamond for all of them" all_on
check "they end" all_end
need_idle
before=$(settled)
check "$nr_targets processes begin, again" start_crowd $nr_targets
check "one kdamond monitors them all" all_on
check "the accesses of each are found" all_found
during=$(in_use)
check "nine of ten end, the others stay monitored" nine_of_ten_end
check_todo "those that have ended have no regions" "they keep them as long as the kdamond runs" wait_until 1 only_deactivated
check "all end, and with them the kdamond" all_end
need_idle
check "$nr_kdamonds processes begin" start_crowd $nr_kdamonds
check "a kdamond for each of them" each_on
check "each finds the accesses of its own" wait_until 3 found_by_each
check "all are turned off" need_idle
check "no thread is left" no_kdamond
end_crowd
check "the memory comes back" wait_until 20 given_back
diag "KiB in use: $before before, $during with $nr_targets targets, $(in_use) after"
check "it can be unloaded" goes
insmod "$module"
finish
