#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2154,SC2086,SC2046,SC2017
# What memory contains survives pageout, migration in two directions at once, and collapse, also while its owners write,
# fork and unmap.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/damos.sh"

other=$kdamonds/1
total() { # FILE-OF-STATS: over all schemes of both
	for each in $kdamonds/[01]/contexts/0/schemes/[0-9]*; do
		cat "$each/stats/$1"
	done | awk '{ sum += $1 } END { printf "%.0f", sum }'
}
update_both() { put $kdamond/state update_schemes_stats && put $other/state update_schemes_stats; }
applied() { cat "$1/stats/sz_applied"; } # SCHEME
# Each scheme has done so much, in MiB.
each_applied() {
	update_both >/dev/null || return
	for each in $kdamonds/[01]/contexts/0/schemes/[0-9]*; do
		[ "$(applied "$each")" -ge $(($1 * mib)) ] || return
	done
}
tell() {
	for each in $kdamonds/[01]/contexts/0/schemes/[0-9]*; do
		printf ' %s %s: %s MiB;' "$(cat "$each/../../operations")" "$(cat "$each/action")" $(($(applied "$each") / mib))
	done
}
both_off() {
	put $kdamond/state off && put $other/state off && is "$(cat $kdamond/state) $(cat $other/state)" "off off"
}

short="$sample_us=$((2000 * slow)) $aggr_us=$((20000 * slow)) $update_us=$((100000 * slow))"
# schemes MIB ACTION[:NODE]...: each tries all memory, and so much each 100 ms, so that no one takes all the time.
schemes() {
	schemes_bytes=$(($1 * mib))
	shift
	echo "schemes/nr_schemes=$#"
	schemes_i=0
	for each; do
		echo "schemes/$schemes_i/access_pattern/sz/max=$all schemes/$schemes_i/access_pattern/nr_accesses/max=4294967295
			schemes/$schemes_i/access_pattern/age/max=4294967295 schemes/$schemes_i/action=${each%:*}
			schemes/$schemes_i/quotas/bytes=$schemes_bytes schemes/$schemes_i/quotas/reset_interval_ms=$((100 * slow))"
		[ "${each%:*}" = "$each" ] || echo "schemes/$schemes_i/target_nid=${each#*:}"
		schemes_i=$((schemes_i + 1))
	done
}
# begin "PIDS" "SCHEMES" "SCHEMES": one kdamond for the processes, one for physical memory.
begin() {
	need_idle
	tryio -p $kdamonds nr_kdamonds=2 0/contexts/nr_contexts=1 1/contexts/nr_contexts=1 || return
	begin_i=0
	tryio -p $context targets/nr_targets=$(echo $1 | wc -w) || return
	for each in $1; do
		tryio -p $context targets/$begin_i/pid_target="$each" || return
		begin_i=$((begin_i + 1))
	done
	tryio -p $context $short $(schemes 8 $2) || return
	tryio -p $other/contexts/0 operations=paddr $short targets/nr_targets=1 $(schemes 512 $3) || return
	update_both >/dev/null 2>&1
	put $kdamond/state on && put $other/state on
}

# Nobody else moves pages.
opposite() {
	start_content_checker a --blocks 2 14
	migrated=$(vmstat pgmigrate_success)
	begin "$a" migrate_hot:0 migrate_cold:1 && wait_until 60 each_applied 32 || { tell; return 1; }
}
counters_agree() {
	update_both
	moved=$((($(vmstat pgmigrate_success) - migrated) * 4096))
	diag "migrated:$(tell) the kernel says $((moved / mib))" >&3
	is "$(total sz_applied)" $moved
}
stop_and_count() {
	# What is on its way when the numbers are taken, is not when both rest: by a size that nothing has.
	for each in $kdamonds/[01]/contexts/0/schemes/0; do
		put $each/access_pattern/sz/max 0 || return
	done
	put $kdamond/state commit && put $other/state commit && counters_agree
}

stressed() {
	content_stress 1 >"$work/first" 2>&1 &
	first=$!
	content_stress 2 >"$work/second" 2>&1 &
	second=$!
	children="$children $first $second"
	wait_until 30 grep -q -s ready "$work/first" && wait_until 30 grep -q -s ready "$work/second" || return
	begin "$first $second" "pageout migrate_hot:0 migrate_cold:1 collapse" "pageout migrate_hot:1 migrate_cold:0" &&
		wait_until 60 each_applied 4 || { tell; cat "$work/first" "$work/second"; return 1; }
	diag "done:$(tell)" >&3
}
ends_well() { # PID FILE
	kill -TERM "$1" || { cat "$2"; return 1; }
	wait "$1" || { echo "status $?"; cat "$2"; return 1; }
	! grep changed "$2" && ! awk '$1 == "did" && $3 < 3' "$2" | grep .
}

need_module
[ -d $nodes/node1 ] || skip_all "there is only one node; run-in-vm has a machine with two"
exec 3>&1
no_numa_balancing
check "there is swap, in compressed memory" swap_on 128
check "a process's memory is moved to node 0, and by another kdamond to node 1" opposite
check "what both say they moved is what the kernel counted" stop_and_count
check "both end" both_off
check "the content is as it was" intact a
end_content_checker a
check "two processes fork, write, unmap and collapse under pageout, migration and collapse" stressed
check "the first one has read what it wrote, and nothing else" ends_well "$first" "$work/first"
check "the second one has read what it wrote, and nothing else" ends_well "$second" "$work/second"
sed 's/^/# /' "$work/first"
check "both end, again" both_off
clean_up
check "swap is given up" remove_disks
finish
